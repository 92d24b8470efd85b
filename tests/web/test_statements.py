"""How much the two pages that people work on ask of the database: bounded, and nothing twice.

The bounds are for the whole request, from the session in the cookie to the figures in the frame.
"""

from __future__ import annotations

import pytest

from tests.journeys.kit import Journey
from tests.statements import Sent, recorded
from tests.web.desk import Desk, desk_of, words
from tests.web.full_case import FullCase

pytestmark = pytest.mark.usefixtures("with_powers")

CASE_PAGE, TASK_PAGE = 22, 20
OPENING, COMPLETING = 29, 19        # of the latter one reads the log of contacts


@pytest.fixture(params=["guichi", "hainan"])
def full(request, installed, app, clock) -> FullCase:
    return FullCase(app, clock, request.param)


def sent_for(full: FullCase, username: str, path: str) -> Sent:
    """What a page costs when everything that a process keeps is known: diagrams, calendars, templates."""
    desk = Desk(full.app, full.case.clock, username)
    assert desk.opens(path).status_code == 200
    with recorded() as sent:
        desk.opens(path)
    print(f"\n{username} {path}: {len(sent)} statements\n{sent.listing()}")
    return sent


def test_the_case_has_all_that_its_page_can_show(full):
    page = words(Desk(full.app, full.case.clock, full.lead).opens(f"/cases/{full.number}"))
    for expected in ("已阅。", "还要说", "联系记录", "材料", f"{full.officer}-1", "重复的差评", "申诉",
                     "回访后的最新评价", "中止计时", "办理记录", "转办给", "消息", "催办、督办"):
        assert expected in page, expected


def test_a_case_with_everything_is_shown_with_few_statements_and_none_twice(full):
    readers = (full.officer, full.supervisor, full.lead, f"{full.place}.auditor")
    looks = [(username, full.case) for username in readers] + [(full.lead, full.alike[0]), (full.lead, full.appeal),
                                                                (readers[-1], full.appeal)]
    for username, journey in looks:
        sent = sent_for(full, username, f"/cases/{journey.case().number}")
        assert sent.repeats() == [] and sent.texts_sent_again() == [] and len(sent) <= CASE_PAGE


@pytest.mark.parametrize("whose", ["holder", "reviewer", "revisiting"])
def test_a_task_of_ones_own_is_shown_with_few_statements_and_none_twice(full, whose):
    task = {"holder": full.task, "reviewer": full.review, "revisiting": full.revisit}[whose]
    sent = sent_for(full, getattr(full, whose), f"/work/{task}")
    assert sent.repeats() == [] and sent.texts_sent_again() == [] and len(sent) <= TASK_PAGE


def test_opening_and_completing_a_case_cost_no_more_than_before(installed, app, clock):
    journey = Journey(app, clock, "guichi").bad_review()
    with recorded() as opening:
        Journey(app, clock, "guichi").bad_review()
    desk, item = desk_of(journey, "first_response")
    token, answers = desk.token(item), {"outcome": "simple", "contact_channel": "phone", "findings": "已核实。"}
    desk.logs_contacts(item, answers)
    with recorded() as completing:
        answer = desk.sends(f"/work/{item}", {f"f-{name}": said for name, said in answers.items()} | {
            "form_token": token})
    assert answer.status_code == 302
    for what, sent in (("opening", opening), ("completing", completing)):
        print(f"\n{what} a case: {len(sent)} statements\n{sent.listing()}")
    assert len(opening) <= OPENING and len(completing) <= COMPLETING
