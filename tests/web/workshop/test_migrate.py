"""Running cases under a new version: chosen by step, previewed, moved one by one with each timer as it was chosen."""

from __future__ import annotations

import re

import pytest

from caseflow.law import regulations
from caseflow.models import ProcessInstance, Timer, db, transaction
from caseflow.processes import deployed
from caseflow.workshop import drafts
from tests.ground import person
from tests.journeys.kit import Journey
from tests.web.desk import Desk, words

PROCESS = "guichi_rectification"
PATH = f"/workshop/{PROCESS}/migrate"
SOURCE = regulations.files("guichi")["rectification.bpmn"].decode()
SHORTER = SOURCE.replace("working_days(2, since=received_at)", "working_days(1, since=received_at)")


@pytest.fixture
def two(guichi):
    """Two cases at their first response, and a second version with a shorter limit for it."""
    other = Journey(guichi.app, guichi.clock, "guichi").bad_review(office=1)
    deploy(guichi, SHORTER)
    return guichi, other


def deploy(guichi: Journey, source: str) -> None:
    with guichi.app.app_context(), transaction():
        designer, approver = person("guichi.designer"), person("guichi.approver")
        draft = drafts.begin(PROCESS, designer, guichi.now, source.encode())
        drafts.submit(draft.id, 1, designer, guichi.now)
        drafts.approve(draft.id, 1, approver, guichi.now)


def stands(journey: Journey) -> tuple[int, str]:
    """The number of the version the case runs under, and when its first deadline is due."""
    with journey.app.app_context():
        digest = db.session.get(ProcessInstance, journey.case_id).definition
        timer = db.session.query(Timer).where(Timer.case_id == journey.case_id, Timer.status == "pending").one()
        return deployed.row_of(PROCESS, digest).number, timer.due_at.isoformat()[:10]


def form_of(page) -> dict[str, list[str]]:
    """The fields of the preview's form as they stand, the first choice of each list."""
    fields = re.findall(r'<input[^>]*name="(?:case|number-\d+|target)"[^>]*>', page.text)
    form: dict[str, list[str]] = {}
    for field in fields:
        form.setdefault(re.search(r'name="([^"]*)"', field)[1], []).append(re.search(r'value="([^"]*)"', field)[1])
    return form | {name: ["keep"] for name in re.findall(r'<select[^>]*name="([^"]*)"', page.text)}


def test_chosen_cases_move_with_their_timers_as_chosen_and_the_others_stay(two, app, clock):
    mine, other = two
    approver = Desk(app, clock, "guichi.approver")
    assert "联系并核实 2 件" in words(approver.opens(PATH))
    preview = approver.sends(f"{PATH}/preview", {"step": "first_response"})
    assert "保留：2026-03-04 24:00 重新计算：2026-03-03 24:00" in words(preview)
    assert stands(mine) == stands(other) == (1, "2026-03-04")
    form = form_of(preview)
    form["case"] = [pair for pair in form["case"] if pair.startswith(f"{mine.case_id}:")]
    assert "已迁移 1 件，共 1 件" in words(approver.sends(f"{PATH}/do", form))
    assert (stands(mine), stands(other)) == ((2, "2026-03-04"), (1, "2026-03-04"))
    assert "已经在现行版本" in words(approver.sends(f"{PATH}/do", form))
    form = form_of(approver.sends(f"{PATH}/preview", {"step": "first_response"}))
    form = {name: ["restart"] if name.startswith("timer-") else value for name, value in form.items()}
    assert "重新计算 1 个" in words(approver.sends(f"{PATH}/do", form))
    assert stands(other) == (2, "2026-03-03")
    assert "没有按旧版本办理的案件" in words(approver.opens(PATH))


def test_a_case_that_cannot_move_says_why_and_one_that_changed_meanwhile_stays(two, app, clock):
    mine, other = two
    approver = Desk(app, clock, "guichi.approver")
    form = form_of(approver.sends(f"{PATH}/preview", {"step": "first_response"}))
    mine.does("first_response", outcome="resolved")
    page = words(approver.sends(f"{PATH}/do", form))
    assert "已迁移 1 件，共 2 件" in page and "案件已有变化" in page
    assert (stands(mine)[0], stands(other)[0]) == (1, 2)
    deploy(mine, re.sub(r"\bhandling\b", "handle_all", SHORTER))
    page = words(approver.sends(f"{PATH}/preview", {"step": "revisit"}))
    assert "不能" in page and "迁移勾选的案件" not in page
    assert "现行版本已经变了" in words(approver.browser.get(approver.sends(f"{PATH}/do", form).location))


def test_only_approvers_of_the_place_migrate(two, app, clock):
    for who, status in (("guichi.designer", 403), ("guichi.auditor", 403), ("hainan.approver", 404),
                        ("guichi.bureau.supervisor", 404)):
        desk = Desk(app, clock, who)
        answers = desk.opens(PATH), desk.sends(f"{PATH}/preview"), desk.sends(f"{PATH}/do", {"case": "1:1"})
        assert [answer.status_code for answer in answers] == [status] * 3
    approver = Desk(app, clock, "guichi.approver")
    assert approver.sends(f"{PATH}/preview", {"step": "nothing"}).status_code == 302
    assert approver.opens("/workshop/guichi%00/migrate").status_code == 404
