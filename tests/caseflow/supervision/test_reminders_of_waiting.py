"""Tasks that the text wants done 及时 or 第一时间 without a number of days: put in mind once, and seen as waiting."""

from __future__ import annotations

import shutil

import pytest

from caseflow.errors import ConfigurationError
from caseflow.law import regulations
from caseflow.models import WorkItem, db, transaction
from caseflow.supervision import board
from caseflow.supervision.board import Wanted
from scheduler import jobs
from tests.ground import entries, newcomer, open_item, person
from tests.journeys.kit import Journey
from tests.web.desk import desk_of, words

LEAD = "hainan.platform.supervisor"
REASONS = "录像和叫号记录显示，评价所说的事不是本窗口的。"
RESOLVED = {"outcome": "resolved"}
CONFIRMED = {"verification": "confirmed", "reasons": REASONS}
UPHELD = {"decision": "upheld", "finding": "malicious", "reasons": REASONS}
WITHOUT_LIMIT = [                   # place, what is done before, the step for which the text names no days
    ("hefei", {"first_response": RESOLVED}, "revisit"),
    ("qijiang", {"assign": {}, "first_response": RESOLVED}, "revisit"),
    ("qijiang", {"assign": {}, "first_response": RESOLVED, "revisit": {}}, "track"),
    ("hainan", {"verify": {}, "contact_rater": {}, "first_response": {"outcome": "rectify"}}, "dispatch"),
    ("hainan", {"verify": {}, "contact_rater": {}, "first_response": RESOLVED}, "revisit")]
OF_APPEALS = [                      # the same after an appeal
    ("qijiang", "staff", {}, "ask_rater"), ("qijiang", "staff", {"ask_rater": {}}, "review"),
    ("hainan", "officer", {"ask_rater": {}}, "examine"),
    ("hainan", "officer", {"ask_rater": {}, "examine": {"examination": REASONS}}, "review"),
    ("guichi", "officer", {"verify": CONFIRMED, "ask_rater": {}}, "review"),
    ("guichi", "officer", {"verify": CONFIRMED, "ask_rater": {}, "review": UPHELD}, "correct")]


def waiting(journey) -> tuple[int, list[int]]:
    lead = person(LEAD)
    found = board.items(lead, Wanted("waiting"), journey.now).items
    return board.figures(lead, journey.now)["waiting"], [item.case_id for item in found]


@pytest.mark.both_databases
def test_a_task_without_a_limit_is_put_in_mind_once_after_three_working_days_and_stands_as_waiting(hainan, session):
    assert open_item(hainan.case_id).due_at is None             # Monday: dispatch
    hainan.until("2026-03-05")                                  # Thursday: the third day still runs
    assert (jobs.remind(), waiting(hainan)) == (0, (0, []))
    hainan.until("2026-03-06")
    assert (jobs.remind(), jobs.remind()) == (1, 0)
    assert waiting(hainan) == (1, [hainan.case_id])
    assert [role for _, role in hainan.notices("waiting_long")] == [open_item(hainan.case_id).role]
    assert len(entries(hainan.case_id, "ladder_climbed")) == 1
    hainan.until("2026-03-20")
    assert jobs.remind() == 0
    hainan.healthy()


def test_each_first_step_for_which_the_text_names_no_days_is_put_in_mind(hainan, session):
    for task in ("verify", "contact_rater", "first_response"):                 # HN-14 第一时间
        session.rollback()
        item = open_item(hainan.case_id, task)
        assert item.due_at is None
        desk, number = desk_of(hainan, task)
        assert "条文没有规定期限" in words(desk.opens(f"/work/{number}"))
        hainan.time_passes(days=7)
        assert (jobs.remind(), waiting(hainan)) == (1, (1, [hainan.case_id])), task
        hainan.does(task, **({"outcome": "resolved"} if task == "first_response" else {}))


def test_the_question_to_the_rater_in_an_appeal_is_put_in_mind_too(hainan, session):
    appeal = hainan.appeal("hainan.dept1.officer")
    assert appeal.open_tasks() == ["ask_rater"]
    appeal.time_passes(days=7)
    assert jobs.remind() == 2           # of the rectification, and of the appeal
    assert {role for _, role in appeal.notices("waiting_long")} == {"reviewer"}


def put_in_mind(case, task):
    """Whether whoever has this task was reminded of it, once, and whether it stands on their supervisors' board."""
    db.session.rollback()
    item, (desk, number) = open_item(case.case_id, task), desk_of(case, task)
    assert item.due_at is None and "条文没有规定期限" in words(desk.opens(f"/work/{number}"))
    post, boss = (item.unit.name, item.role), newcomer("boss", ("supervisor", item.unit_id))
    case.time_passes(days=7)
    jobs.remind()
    assert jobs.remind() == 0 and case.notices("waiting_long") == {post}
    assert item.id in [one.id for one in board.items(boss, Wanted("waiting"), case.now).items]


@pytest.mark.parametrize(("place", "done", "task"), WITHOUT_LIMIT)
def test_each_later_step_for_which_the_text_names_no_days_is_put_in_mind(
        place, done, task, installed, app, session, clock):
    case = Journey(app, clock, place).bad_review()                             # HF-15, QJ-14, QJ-16, HN-14
    for before, answers in done.items():
        case.does(before, **answers)
    put_in_mind(case, task)


@pytest.mark.parametrize(("place", "appellant", "done", "task"), OF_APPEALS)
def test_each_step_of_an_appeal_for_which_the_text_names_no_days_is_put_in_mind(
        place, appellant, done, task, installed, app, session, clock):
    appeal = Journey(app, clock, place).bad_review().appeal(f"{place}.dept1.{appellant}", ground="malicious")
    for before, answers in done.items():
        appeal.asks_rater() if before == "ask_rater" else appeal.does(before, **answers)
    put_in_mind(appeal, task)


def test_a_weekend_does_not_count(hainan, session):
    with transaction():
        open_item(hainan.case_id).opened_at = hainan.now.replace(day=5)      # Thursday
    hainan.until("2026-03-10")
    assert jobs.remind() == 0
    hainan.until("2026-03-11")
    assert jobs.remind() == 1


def test_each_visit_of_a_step_is_put_in_mind_anew(hainan, session):
    hainan.until("2026-03-06")
    assert jobs.remind() == 1
    with transaction():
        item = open_item(hainan.case_id)
        again = WorkItem(**{column.name: getattr(item, column.name) for column in WorkItem.__table__.columns
                            if column.name not in ("id", "token")}, token=item.token + 1000)
        again.opened_at, item.status = hainan.now, "cancelled"
        db.session.add(again)
    hainan.until("2026-03-12")
    assert jobs.remind() == 1


def test_a_task_with_a_limit_is_not_waiting(guichi, session):
    guichi.until("2026-03-20")
    assert board.figures(person("guichi.bureau.supervisor"), guichi.now)["waiting"] == 0


@pytest.mark.parametrize(("old", "new"), [
    ("working_days = 3 ", "working_days = 0 "), ("working_days = 3 ", "days = 3 ")])
def test_the_number_of_days_is_checked(old, new, tmp_path, monkeypatch):
    folder = shutil.copytree(regulations.folder(), tmp_path / "bpmn")
    file = folder / "hainan" / "regulation.toml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))
    monkeypatch.setenv("CASEFLOW_BPMN_DIR", str(folder))
    with pytest.raises(ConfigurationError, match="waiting"):
        regulations.all_regulations()


def test_where_the_file_names_no_days_nobody_is_reminded_and_nothing_stands_as_waiting(
        hainan, session, tmp_path, monkeypatch):
    folder = shutil.copytree(regulations.folder(), tmp_path / "bpmn")
    file = folder / "hainan" / "regulation.toml"
    before, _, after = file.read_text().partition("[waiting]")
    file.write_text(before + after[after.index("[supervision.refusal]"):])
    monkeypatch.setenv("CASEFLOW_BPMN_DIR", str(folder))
    hainan.until("2026-03-20")
    assert (jobs.remind(), waiting(hainan)) == (0, (0, []))


def test_the_articles_are_those_that_ask_for_speed_without_a_number():
    rules = {key: regulation.waiting for key, regulation in regulations.all_regulations().items()}
    assert {key: (rule.article, rule.working_days) for key, rule in rules.items()} == {
        "guichi": ("GC-2(三)", 3), "hainan": ("HN-14", 3), "hefei": ("HF-14", 3), "qijiang": ("QJ-16", 3)}
    for key, rule in rules.items():
        text = regulations.get(key).articles[rule.article]
        assert "及时" in text or "第一时间" in text, key
