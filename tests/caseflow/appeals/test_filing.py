"""Who may appeal against which rating, until when, and what an appeal never gives away."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest

from caseflow.appeals import filing, finding
from caseflow.casefile import journal, journal_check
from caseflow.errors import AppealRefused, NotFound, PermissionDenied, TaskNotOpen, TokenReused
from caseflow.law import regulations
from caseflow.models import Appeal, Case, Rating, RoleAssignment, User, db, transaction
from caseflow.people import impartiality
from caseflow.raters import contacts
from caseflow.supervision import dispatches, reassign
from tests.caseflow.samples import PNG
from tests.ground import newcomer, open_item, person
from tests.journeys.kit import Journey

pytestmark = pytest.mark.both_databases
STAFF = "qijiang.dept1.staff"
STATEMENT = "评价人把另一窗口的事记在了我的名下。"


@pytest.fixture
def qijiang(installed, app, clock):
    """A bad review about the staff member of Qijiang's first department, at its first response."""
    return Journey(app, clock, "qijiang").bad_review().does("assign")


def rating_of(journey) -> Rating:
    return db.session.get(Case, journey.case_id).rating


def code(journey, username) -> str:
    return filing.standing(rating_of(journey), person(username), journey.now).code


def file(journey, actor, *, ground="mistaken", token="t" * 20) -> Appeal:
    evidence = [(BytesIO(PNG), "a.png")]
    with transaction():
        return filing.file(rating_of(journey).id, actor, ground, STATEMENT, evidence, token, journey.now)


@pytest.mark.parametrize("place, username, expected", [
    ("qijiang", STAFF, "open"), ("qijiang", "qijiang.dept1.officer", "not_party"),      # QJ-18: the staff member
    ("hainan", "hainan.dept1.officer", "open"), ("hainan", "hainan.dept1.supervisor", "open"),
    ("hainan", "hainan.dept1.staff", "not_party"),                                     # HN-17: the department
    ("guichi", "guichi.dept1.officer", "open"), ("guichi", "guichi.bureau.officer", "not_party"),
    ("hefei", "hefei.dept1.staff", "no_appeal")])
def test_who_may_appeal_is_what_the_text_says(installed, app, session, clock, place, username, expected):
    assert code(Journey(app, clock, place).bad_review(), username) == expected


def test_the_same_number_in_another_department_is_nobody_of_this_rating(qijiang, session):
    (_, department), = person("qijiang.dept2.staff").roles
    other = newcomer("other", ("staff", department))
    with transaction():
        db.session.get(User, other.user_id).staff_no = "S001"
    with pytest.raises(NotFound):
        finding.rating_of(rating_of(qijiang).id, other)
    assert finding.about(other).items == []


def test_only_the_levels_that_the_regulation_names_can_be_appealed_against(qijiang, session, monkeypatch):
    real = regulations.get("qijiang")
    limited = replace(real, appeal=replace(real.appeal, levels=("very_dissatisfied",)))
    monkeypatch.setattr(regulations, "get", lambda key: limited)
    assert code(qijiang, STAFF) == "level"


def test_a_window_ends_with_its_last_working_day(qijiang, session, monkeypatch):
    real = regulations.get("qijiang")
    limited = replace(real, appeal=replace(real.appeal, working_days=3))
    monkeypatch.setattr(regulations, "get", lambda key: limited)
    stands = filing.standing(rating_of(qijiang), person(STAFF), qijiang.now)
    assert (stands.code, stands.until.isoformat()) == ("open", "2026-03-05T15:59:59+00:00")
    qijiang.clock.set(stands.until + timedelta(seconds=0.5))
    assert code(qijiang, STAFF) == "open"
    qijiang.clock.advance(seconds=1)
    assert code(qijiang, STAFF) == "over"
    with pytest.raises(AppealRefused) as refused:
        file(qijiang, person(STAFF))
    assert refused.value.details == {"reason": "over"}


def test_a_voided_rating_needs_no_appeal(qijiang, session):
    qijiang.message("appeal_upheld")
    assert code(qijiang, STAFF) == "voided"


def test_the_same_token_with_other_content_is_refused(qijiang, session):
    first = file(qijiang, person(STAFF)).id
    assert file(qijiang, person(STAFF)).id == first
    with pytest.raises(TokenReused):
        file(qijiang, person(STAFF), ground="malicious")
    with pytest.raises(AppealRefused):
        file(qijiang, person(STAFF), token="u" * 20)


def test_another_party_cannot_withdraw(qijiang, session):
    appeal_id = file(qijiang, person(STAFF)).id
    for username, error in (("qijiang.dept1.officer", PermissionDenied), ("qijiang.dept2.staff", NotFound)):
        with pytest.raises(error), transaction():
            filing.withdraw(appeal_id, person(username), qijiang.now)


def test_the_clock_of_the_rectification_goes_on(qijiang, session):
    due = qijiang.due("first_response")
    file(qijiang, person(STAFF))
    assert (qijiang.due("first_response"), qijiang.timers()) == (due, ["first_response_due"])


def test_neither_the_rated_person_nor_an_appeal_gets_the_contact_of_the_rater(qijiang, session):
    appeal = file(qijiang, person(STAFF))
    with transaction():
        user = db.session.get(User, person(STAFF).user_id)
        db.session.add(RoleAssignment(user_id=user.id, role="officer", unit_id=appeal.unit_id))
    rectification = db.session.get(Case, qijiang.case_id)
    assert not contacts.may_reveal(rectification, person(STAFF))
    assert contacts.may_reveal(rectification, person("qijiang.dept1.officer"))
    officer = person("qijiang.office.officer")
    assert not contacts.may_reveal(appeal.case, officer) and not contacts.may_reveal(appeal.case, person(STAFF))
    with pytest.raises(PermissionDenied), transaction():
        contacts.reveal(appeal.case_id, officer, "核实情况", qijiang.now)


def test_what_happens_is_in_the_journal_of_the_appeal(qijiang, session):
    case_id = file(qijiang, person(STAFF)).case_id
    assert [entry.kind for entry in journal.entries(db.session.get(Case, case_id))] == [
        "appeal_filed", "case_opened", "task_opened", "effect_applied", "file_added"]
    assert journal_check.verify().broken == []


def test_a_decision_and_a_withdrawal_cannot_both_happen(qijiang, session):
    appeal = qijiang.appeal(STAFF)
    appeal.withdrawn(STAFF)
    with pytest.raises((AssertionError, TaskNotOpen)):
        appeal.does("review", decision="upheld", finding="mistaken", reasons="理由充分，予以支持。")
    appeal.closed_as("closed_withdrawn")


# --- the office that answers for the rating now -------------------------------------------------------------------


def post_of(username):
    return next(unit for _, unit in person(username).roles)


def transferred(journey):
    """The first department has sent the case back, and the lead office has transferred it to the second."""
    place = journey.regulation.key
    with transaction():
        refusal = dispatches.refuse(
            journey.case_id, person(f"{place}.dept1.officer"), "不是本单位的事项", None, journey.now)
    with transaction():
        lead = person(f"{place}.{journey.regulation.lead}.supervisor")
        dispatches.transfer(refusal.id, lead, post_of(f"{place}.dept2.officer"), "改转第二个部门", journey.now)
    return journey


def handed_on(journey):
    """The lead office hands what it keeps for a stranger to the second department."""
    boss = person("guichi.bureau.supervisor")
    with transaction():
        to = reassign.target(post_of("guichi.dept2.officer"), None, boss)
        item = open_item(journey.case_id).id
        handover = reassign.begin([item], to, boss, "属民政局", "", "h" * 20, journey.now).id
        assert reassign.move(handover, [item], boss, journey.now) == ["moved"]
    return journey


@pytest.fixture
def guichi(installed, app, clock, session):
    return transferred(Journey(app, clock, "guichi").bad_review())


@pytest.fixture
def stranger(installed, app, clock, session):
    """A rating of an office that nobody registered."""
    return Journey(app, clock, "guichi").bad_review(orgcode="11341702MB999999")


def test_after_a_transfer_the_department_that_answers_may_appeal_and_the_first_one_may_not(guichi):
    assert code(guichi, "guichi.dept2.officer") == "open" and code(guichi, "guichi.dept1.officer") == "not_party"


def test_an_appeal_after_a_transfer_is_verified_by_the_department_that_answers(guichi):
    appeal = file(guichi, person("guichi.dept2.officer"))
    assert (appeal.unit_id, appeal.party) == (post_of("guichi.dept2.officer"), f"department:{appeal.unit_id}")
    assert open_item(appeal.case_id, "verify").unit_id == appeal.unit_id


def test_a_rating_of_an_unregistered_office_has_its_party_once_it_is_handed_on(stranger):
    assert {code(stranger, f"guichi.{who}.officer") for who in ("bureau", "dept1", "dept2")} == {"not_party"}
    handed_on(stranger)
    db.session.rollback()
    assert code(stranger, "guichi.dept2.officer") == "open" and code(stranger, "guichi.bureau.officer") == "not_party"


def test_of_a_transferred_case_neither_the_rated_nor_the_answering_unit_reviews_the_appeal(guichi):
    appeal = file(guichi, person("guichi.dept2.officer"))
    bureau = post_of("guichi.bureau.reviewer")
    for number, unit in enumerate((post_of("guichi.dept1.officer"), post_of("guichi.dept2.officer"))):
        member = newcomer(f"member{number}", ("reviewer", bureau), ("officer", unit))
        assert impartiality.bar(member.user_id, appeal.case_id) == "rated_unit"
    assert impartiality.bar(person("guichi.bureau.reviewer").user_id, appeal.case_id) is None


def test_the_lead_office_that_kept_a_strangers_rating_reviews_the_appeal_against_it(stranger):
    appeal = file(handed_on(stranger), person("guichi.dept2.officer"))
    assert impartiality.bar(person("guichi.bureau.reviewer").user_id, appeal.case_id) is None


def test_after_a_transfer_the_rated_person_is_known_by_number_and_name(qijiang, session):
    transferred(qijiang)
    department = post_of("qijiang.dept2.officer")
    rated, namesake = (newcomer(name, ("staff", department)) for name in ("rated", "namesake"))
    with transaction():
        for user_id, name in ((rated.user_id, "卫窗口"), (namesake.user_id, "别人")):
            user = db.session.get(User, user_id)
            user.staff_no, user.name = "S001", name
    assert code(qijiang, "rated") == "open" and code(qijiang, "namesake") == "not_party"
    assert len(finding.about(person("rated")).items) == 1 and finding.about(person("namesake")).items == []
