"""How much the two pages that people work on ask of the database: bounded, and nothing twice.

The bounds are for the whole request, from the session in the cookie to the figures in the frame.
"""

from __future__ import annotations

import pytest

from tests.statements import Sent, recorded
from tests.web.desk import Desk
from tests.web.full_case import FullCase

CASE_PAGE, TASK_PAGE = 22, 20


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


def test_a_case_with_everything_is_shown_with_few_statements_and_none_twice(full):
    for username in (full.officer, full.supervisor, full.lead):
        sent = sent_for(full, username, f"/cases/{full.number}")
        assert sent.repeats() == [] and sent.texts_sent_again() == [] and len(sent) <= CASE_PAGE


def test_a_task_of_ones_own_is_shown_with_few_statements_and_none_twice(full):
    sent = sent_for(full, full.holder, f"/work/{full.task}")
    assert sent.repeats() == [] and sent.texts_sent_again() == [] and len(sent) <= TASK_PAGE
