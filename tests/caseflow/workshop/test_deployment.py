"""From a draft to a version: submitted by one, approved by another, blocked by findings, gone back from."""

import json
from functools import partial

import pytest
from sqlalchemy import select

from caseflow.errors import (
    BaseReplaced,
    DefinitionRefused,
    DraftChanged,
    DraftClosed,
    InvalidInput,
    NotFound,
    NothingChanged,
    PermissionDenied,
    SecondPersonNeeded,
)
from caseflow.install import installation
from caseflow.models import JournalEntry, ProcessInstance, db, transaction
from caseflow.processes import deployed
from caseflow.proof import Bounds
from caseflow.workshop import deployment, drafts, verification
from tests.ground import at_once, newcomer, person, unit
from tests.journeys.kit import Journey

PROCESS = "guichi_rectification"
SHORTER = (b"working_days(2, since=received_at)", b"working_days(1, since=received_at)")
WRONG = (b"working_days(2, since=received_at)", b"working_days(2, since=yesterday)")


@pytest.fixture
def designer(installed, session):
    return person("guichi.designer")


@pytest.fixture
def approver(designer):
    return person("guichi.approver")


def source(*edit):
    text = deployed.current("guichi", "rectification").source
    assert not edit or edit[0] in text
    return text.replace(*edit) if edit else text


def begin(designer, clock, *edit):
    with transaction():
        return drafts.begin(PROCESS, designer, clock(), source(*edit)).id


def submit(draft, designer, clock, revision=1):
    with transaction():
        return drafts.submit(draft, revision, designer, clock()).id


def approve(draft, approver, clock, revision=1):
    with transaction():
        return drafts.approve(draft, revision, approver, clock()).number


@pytest.fixture
def submitted(designer, clock):
    return submit(begin(designer, clock, *SHORTER), designer, clock)


def rollback(to, approver, clock, reason="新版本的期限有误"):
    with transaction():
        return deployment.rollback(PROCESS, to, reason, approver, clock()).number


def test_what_a_second_person_approves_starts_new_cases_and_leaves_running_ones(app, submitted, approver, clock):
    earlier = Journey(app, clock, "guichi").bad_review()
    assert approve(submitted, approver, clock) == 2
    later = Journey(app, clock, "guichi").bad_review()
    newest, first = deployed.versions(PROCESS)
    assert (newest.current, first.current) == (True, False)
    assert (newest.deployed_by.username, newest.approved_by.username) == ("guichi.designer", "guichi.approver")
    pinned = [db.session.get(ProcessInstance, journey.case_id).definition for journey in (earlier, later)]
    assert pinned == [first.digest, newest.digest]
    assert drafts.find(submitted, approver).deployed_as == newest.digest


def test_nobody_approves_what_they_edited_or_submitted(designer, clock):
    both = newcomer("both", *((role, unit("guichi", "bureau").id) for role in ("designer", "approver")))
    edited = begin(designer, clock, *SHORTER)
    with transaction():
        drafts.save(edited, source(*SHORTER) + b"\n", 1, both, clock())
    submit(edited, designer, clock, revision=2)
    with pytest.raises(SecondPersonNeeded):
        approve(edited, both, clock, revision=2)
    only_submitted = submit(begin(designer, clock, *SHORTER), both, clock)
    with pytest.raises(SecondPersonNeeded):
        approve(only_submitted, both, clock)


def test_designers_do_not_approve_and_strangers_find_nothing(submitted, designer, clock):
    with pytest.raises(PermissionDenied):
        approve(submitted, designer, clock)
    with pytest.raises(NotFound):
        approve(submitted, person("hainan.approver"), clock)


def test_what_has_findings_is_not_submitted_and_the_findings_say_why(designer, clock):
    with pytest.raises(DefinitionRefused) as refusal:
        submit(begin(designer, clock, *WRONG), designer, clock)
    assert [finding.code for finding in refusal.value.findings] == ["expression_unknown_name"]


def test_what_breaks_a_rule_is_not_submitted_and_the_article_is_named(designer, clock):
    """GC-2(二): contact within two working days."""
    draft = begin(designer, clock, b"working_days(2, since=received_at)", b"working_days(3, since=received_at)")
    with pytest.raises(DefinitionRefused) as refusal:
        submit(draft, designer, clock)
    finding, = refusal.value.findings
    assert finding.code == "rule_violated" and finding.facts["article"] == "GC-2(二)" and finding.element


def test_what_the_explorer_cannot_decide_is_not_submitted(designer, clock, monkeypatch):
    monkeypatch.setattr(verification, "prove", partial(verification.prove, bounds=Bounds(states=3, moves=3)))
    with pytest.raises(DefinitionRefused) as refusal:
        submit(begin(designer, clock, b"working_days(15, since", b"working_days(13, since"), designer, clock)
    assert "rule_unknown" in {finding.code for finding in refusal.value.findings}


def test_a_draft_sent_back_says_why_and_is_drawn_on(submitted, designer, approver, clock):
    with pytest.raises(InvalidInput):
        drafts.send_back(submitted, " ", approver, clock())
    with transaction():
        drafts.send_back(submitted, "请写明依据条款", approver, clock())
    found = drafts.find(submitted, designer)
    assert (found.state, found.reason) == ("open", "请写明依据条款")
    with transaction():
        assert drafts.save(submitted, b"<a/>", 1, designer, clock()).revision == 2
    with pytest.raises(DraftClosed):
        approve(submitted, approver, clock, revision=2)


def test_a_submitted_draft_is_not_saved_over(submitted, designer, clock):
    with pytest.raises(DraftClosed) as refusal:
        drafts.save(submitted, b"<a/>", 1, designer, clock())
    assert refusal.value.details == {"state": "submitted"}


def test_who_saw_an_older_revision_does_not_approve_the_newer(submitted, approver, clock):
    with pytest.raises(DraftChanged):
        approve(submitted, approver, clock, revision=0)


def test_a_draft_of_an_older_version_is_first_compared_with_the_newest(submitted, designer, approver, clock):
    older = begin(designer, clock, b"working_days(15, since=received_at)", b"working_days(14, since=received_at)")
    approve(submitted, approver, clock)
    with pytest.raises(BaseReplaced) as refusal:
        submit(older, designer, clock)
    assert refusal.value.details == {"number": 2}
    with transaction():
        drafts.rebase(older, 1, designer, clock())
    assert approve(submit(older, designer, clock), approver, clock) == 3


def test_what_is_deployed_already_is_not_submitted(designer, clock):
    with pytest.raises(NothingChanged):
        submit(begin(designer, clock), designer, clock)


@pytest.mark.both_databases
def test_of_two_who_approve_at_once_one_does_and_one_is_told(app, submitted, approver, clock):
    second = newcomer("second", ("approver", unit("guichi", "bureau").id))
    verification.examine("guichi", PROCESS, drafts.find(submitted, approver).source)
    answers = at_once(app, lambda: approve(submitted, approver, clock), lambda: approve(submitted, second, clock))
    assert {type(answer) for answer in answers} == {int, DraftClosed}
    db.session.rollback()
    assert [version.current for version in deployed.versions(PROCESS)] == [True, False]


@pytest.mark.both_databases
def test_of_two_drafts_approved_at_once_the_second_is_to_be_compared_first(app, submitted, designer, approver, clock):
    other = submit(begin(designer, clock, b"working_days(15, since", b"working_days(14, since"), designer, clock)
    answers = at_once(app, lambda: approve(submitted, approver, clock), lambda: approve(other, approver, clock))
    assert {type(answer) for answer in answers} == {int, BaseReplaced}
    db.session.rollback()
    assert [version.current for version in deployed.versions(PROCESS)] == [True, False]


def test_going_back_needs_an_approver_a_reason_and_another_version(submitted, designer, approver, clock):
    first = deployed.row_of(PROCESS).digest
    approve(submitted, approver, clock)
    with pytest.raises(PermissionDenied):
        rollback(first, designer, clock)
    with pytest.raises(InvalidInput):
        rollback(first, approver, clock, reason="")
    assert rollback(first, approver, clock) == 1
    with pytest.raises(NothingChanged):
        rollback(first, approver, clock)
    assert [version.current for version in deployed.versions(PROCESS)] == [False, True]


def test_an_earlier_version_that_the_present_rules_refuse_is_refused(submitted, approver, clock, monkeypatch):
    first = deployed.row_of(PROCESS).digest
    approve(submitted, approver, clock)
    monkeypatch.setattr(verification, "ROLES", ())
    monkeypatch.setattr(verification, "_kept", {})
    with pytest.raises(DefinitionRefused):
        rollback(first, approver, clock)
    assert deployed.row_of(PROCESS).number == 2


def test_an_office_that_the_regulation_does_not_name_is_a_finding(designer):
    found = verification.examine("guichi", PROCESS, source(b'"bureau.', b'"ministry.'))
    assert {finding.code for finding in found.findings if finding.severity == "error"} == {"unit_unknown"}
    assert found.blocks


def test_a_milestone_that_the_draft_has_no_task_for_is_a_finding(designer):
    text = source(b"rectify_complex", b"rectify_slowly")
    examination = verification.examine("guichi", PROCESS, text)
    found = [finding for finding in examination.findings if finding.code == "milestone_unknown"]
    assert [(finding.facts["milestone"], finding.facts["task"]) for finding in found] == [
        ("handled", "rectify_complex"), ("ledger", "rectify_complex")] and examination.blocks


def test_a_file_with_another_process_is_told_which_is_wanted(designer):
    found = verification.examine("guichi", PROCESS, source(b'id="guichi_rectification"', b'id="elsewhere"'))
    assert any(PROCESS in finding.facts.values() for finding in found.findings) and found.blocks


def test_the_journal_tells_who_deployed_and_who_went_back(submitted, approver, clock):
    first = deployed.row_of(PROCESS).digest
    approve(submitted, approver, clock)
    rollback(first, approver, clock)
    query = select(JournalEntry).where(JournalEntry.stream == "system", JournalEntry.actor == approver.name)
    told = {entry.kind: json.loads(entry.details) for entry in db.session.scalars(query)}
    assert told["definition_deployed"]["draft"] == submitted and told["definition_deployed"]["number"] == 2
    assert told["definition_rolled_back"] == {
        "process": PROCESS, "digest": first, "number": 1, "from": 2, "reason": "新版本的期限有误"}


def test_an_installation_leaves_what_people_decided(submitted, approver, clock):
    first = deployed.row_of(PROCESS).digest

    def install():
        with transaction():
            installation.install(clock())
        return [row.number for row in deployed.versions(PROCESS) if row.current], [
            row.process_id for row in installation.other_than_shipped()]

    assert install() == ([1], [])
    approve(submitted, approver, clock)
    assert install() == ([2], [PROCESS])
    rollback(first, approver, clock)
    assert install() == ([1], [])
