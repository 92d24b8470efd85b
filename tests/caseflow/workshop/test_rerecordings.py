"""Recording the scenarios of a draft anew: what is stored, for whom, and what is refused."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from caseflow.errors import (
    DefinitionRefused,
    DraftChanged,
    DraftClosed,
    InvalidInput,
    NotFound,
    NothingToRecord,
    PermissionDenied,
    ScenariosChanged,
    SecondPersonNeeded,
)
from caseflow.models import JournalEntry, KeptScenario, db, transaction
from caseflow.trials import scenario_file
from caseflow.workshop import drafts, kept_trials, rerecordings, verification, version_scenarios
from tests.edited_forms import ASKING, LONGER, PROCESS, SOURCE, UNLAWFUL
from tests.ground import at_once, newcomer, person, unit

SIMPLE = "rectification_simple"
QUESTION = "all.first_response.matter"


@pytest.fixture
def designer(installed, session):
    return person("guichi.designer")


@pytest.fixture
def begun(designer, clock):
    def begin(source: str = LONGER) -> int:
        with transaction():
            return drafts.begin(PROCESS, designer, clock(), source.encode()).id
    return begin


def examined(draft: int, designer) -> verification.Examination:
    found = drafts.find(draft, designer)
    return verification.examine("guichi", PROCESS, found.source, found.id)


def mark(draft: int, actor) -> str:
    return version_scenarios.mark(drafts.find(draft, actor))


def records(draft: int, actor, clock, revision: int = 1, seen: str | None = None, **chosen: str) -> tuple[int, int]:
    with transaction():
        return rerecordings.rerecord(draft, revision, seen or mark(draft, actor), chosen, actor, clock())


def stored() -> dict[str, str]:
    db.session.rollback()
    return {row.key: row.text for row in db.session.scalars(select(KeptScenario))}


def test_a_lawful_edit_that_touches_recordings_is_told_from_one_against_the_law(designer, begun):
    found = examined(begun(), designer)
    assert found.keeps_the_law and found.blocks and len(found.disagreeing) == 8
    unlawful = examined(begun(UNLAWFUL), designer)
    assert not unlawful.keeps_the_law and unlawful.disagreeing == ()
    assert rerecordings.proposals(drafts.find(begun(UNLAWFUL), designer), unlawful) == ()


@pytest.mark.both_databases
def test_all_of_them_are_recorded_in_one_step_and_the_draft_goes_to_a_second_person(designer, begun, clock):
    draft = begun()
    assert records(draft, designer, clock) == (8, 0)
    found = examined(draft, designer)
    assert not found.blocks and found.disagreeing == ()
    with transaction():
        drafts.submit(draft, 1, designer, clock())
    with transaction():
        version = drafts.approve(draft, 1, person("guichi.approver"), clock(), mark(draft, designer))
    texts = version_scenarios.of_version(version)
    kept = scenario_file.parse(texts[SIMPLE], SIMPLE)
    assert (kept.article, kept.expect.at_most) == ("GC-2(二)", {"revisit": 1})
    assert kept.acts[2].answers["findings"] == "情况属实。情况属实。"


def test_what_was_kept_is_told_with_the_old_text_and_what_became_of_it(designer, begun, clock):
    draft = begun()
    records(draft, designer, clock)
    with transaction():
        kept_trials.leave_out(draft, "rectification_complex", designer, clock())
        db.session.add(KeptScenario(draft_id=draft, key="rectification_kept_1", kept_by_id=designer.user_id,
                                    kept_at=clock(), text=version_scenarios.of_base(
                                        drafts.find(draft, designer))[SIMPLE]))
    found = {one.row.key: one for one in rerecordings.kept(drafts.find(draft, designer))}
    one = found[SIMPLE]
    assert (one.kind, one.article, one.row.kept_by.name) == ("rerecorded", "GC-2(二)", designer.name)
    change, = one.differences
    assert (change.code, change.act.task, change.name, change.before, change.after) == (
        "answer", "first_response", "findings", "情况属实。", "情况属实。" * 2)
    assert "情况属实。情况属实。" not in one.old_text and "情况属实。情况属实。" in one.row.text
    left_out, new = found["rectification_complex"], found["rectification_kept_1"]
    assert (left_out.kind, left_out.new, new.kind, new.old) == ("left_out", None, "new", None)
    assert left_out.name == left_out.old.name and found.keys() >= {SIMPLE, "rectification_explained"}


def test_nothing_is_recorded_for_an_edit_that_breaks_a_rule(designer, begun, clock):
    with pytest.raises(DefinitionRefused) as refused:
        records(begun(UNLAWFUL), designer, clock)
    assert {finding.code for finding in refused.value.findings} == {"rule_violated"} and stored() == {}


def test_recording_twice_finds_nothing_more_to_record(designer, begun, clock):
    draft = begun()
    seen = mark(draft, designer)
    records(draft, designer, clock)
    before = stored()
    with pytest.raises(ScenariosChanged):
        records(draft, designer, clock, seen=seen)
    with pytest.raises(NothingToRecord):
        records(draft, designer, clock)
    assert stored() == before


def test_a_question_is_answered_by_the_designer_or_nothing_is_recorded(designer, begun, clock):
    draft = begun(ASKING)
    for chosen in ({}, {QUESTION: "elsewhere"}, {QUESTION: " "}):
        with pytest.raises(InvalidInput) as refused:
            records(draft, designer, clock, **chosen)
        assert refused.value.fields == {QUESTION: "required"} and stored() == {}
    assert records(draft, designer, clock, **{QUESTION: "online"}) == (8, 0)
    assert not examined(draft, designer).blocks
    assert scenario_file.parse(stored()[SIMPLE], SIMPLE).acts[2].answers["matter"] == "online"


def test_what_has_gone_another_way_is_left_to_people(designer, begun, clock):
    draft = begun()
    with transaction():
        db.session.add(KeptScenario(
            draft_id=draft, key="rectification_kept_1", kept_by_id=designer.user_id, kept_at=clock(),
            text=version_scenarios.of_base(drafts.find(draft, designer))[SIMPLE].replace("closed_resolved", "open")))
        db.session.add(KeptScenario(draft_id=draft, key="rectification_kept_2", kept_by_id=designer.user_id,
                                    kept_at=clock(), text="name ="))
    assert records(draft, designer, clock) == (8, 2)
    left = {one.key: one.problem.code for one in rerecordings.proposals(
        drafts.find(draft, designer), examined(draft, designer))}
    assert left == {"rectification_kept_1": "outcome", "rectification_kept_2": "unreadable"}
    with pytest.raises(NothingToRecord):
        records(draft, designer, clock)


@pytest.mark.both_databases
def test_of_two_designers_at_once_one_records_and_the_other_is_told(designer, begun, app, clock):
    draft, second = begun(ASKING), newcomer("second", ("designer", unit("guichi", "bureau").id))
    seen = mark(draft, designer)
    db.session.rollback()
    answers = at_once(app, lambda: records(draft, designer, clock, seen=seen, **{QUESTION: "online"}),
                      lambda: records(draft, second, clock, seen=seen, **{QUESTION: "window"}))
    assert sorted(map(str, map(type, answers))) == [str(ScenariosChanged), str(tuple)]
    wanted = "online" if answers[0] == (8, 0) else "window"
    kept = {scenario_file.parse(text, key).acts[2].answers.get("matter") for key, text in stored().items()}
    assert wanted in kept and len(kept - {None}) == 1


def test_a_page_of_before_a_save_and_a_closed_draft_record_nothing(designer, begun, clock):
    draft = begun()
    with transaction():
        drafts.save(draft, LONGER.replace("满意度回访", "回访").encode(), 1, designer, clock())
    with pytest.raises(DraftChanged):
        records(draft, designer, clock)
    with transaction():
        drafts.discard(draft, 2, designer, clock())
    with pytest.raises(DraftClosed) as refused:
        records(draft, designer, clock, revision=2)
    assert refused.value.details == {"state": "discarded"} and stored() == {}


@pytest.mark.parametrize(("username", "error"), [
    ("guichi.approver", PermissionDenied), ("guichi.auditor", PermissionDenied), ("hainan.designer", NotFound)])
def test_others_record_nothing(designer, begun, clock, username, error):
    draft = begun()
    seen = mark(draft, designer)
    with pytest.raises(error):
        records(draft, person(username), clock, seen=seen)
    assert stored() == {}


def test_whoever_recorded_does_not_approve_and_an_approver_has_seen_these_scenarios(designer, begun, clock):
    both = newcomer("both", *((role, unit("guichi", "bureau").id) for role in ("designer", "approver")))
    draft = begun()
    first = mark(draft, designer)
    records(draft, both, clock)
    with transaction():
        drafts.submit(draft, 1, designer, clock())
    with pytest.raises(SecondPersonNeeded), transaction():
        drafts.approve(draft, 1, both, clock(), mark(draft, designer))
    with pytest.raises(ScenariosChanged), transaction():
        drafts.approve(draft, 1, person("guichi.approver"), clock(), first)
    assert drafts.find(draft, designer).state == "submitted"


def test_the_journal_tells_which_scenarios_were_recorded_anew_and_which_left_out(designer, begun, clock):
    draft = begun()
    records(draft, designer, clock)
    with transaction():
        kept_trials.leave_out(draft, SIMPLE, designer, clock())
    told = [(entry.kind, json.loads(entry.details)["scenario"]) for entry in db.session.scalars(
        select(JournalEntry).where(JournalEntry.kind.like("scenario%")).order_by(JournalEntry.seq))]
    assert len(told) == 9 and told[-1] == ("scenario_left_out", SIMPLE)
    assert {kind for kind, _ in told[:-1]} == {"scenario_rerecorded"}


def test_a_scenario_that_was_left_out_counts_again_when_that_is_taken_back(designer, begun, clock):
    draft = begun(SOURCE)
    with transaction():
        kept_trials.leave_out(draft, SIMPLE, designer, clock())
    assert SIMPLE not in {result.key for result in examined(draft, designer).scenarios}
    with transaction():
        kept_trials.drop(draft, SIMPLE, designer, clock())
    assert SIMPLE in {result.key for result in examined(draft, designer).scenarios}
    with pytest.raises(NotFound), transaction():
        kept_trials.leave_out(draft, "rectification_unheard_of", designer, clock())
