"""Separated duties: who may change what about offices and people, what becomes of their work, what is recorded."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from caseflow.errors import AdministrationRefused, Conflict, InvalidInput, NotFound, PermissionDenied
from caseflow.models import JournalEntry, User, WebSession, WorkItem, transaction
from caseflow.people import accounts, directory, units
from caseflow.work import tasks, worklist
from tests.ground import at_once, entries, newcomer, open_item, person, unit
from web.sign_in import sessions

pytestmark = pytest.mark.both_databases


@pytest.fixture
def actors(guichi, session):
    """The holders of the three duties in Guichi."""
    return {role: person(f"guichi.{role}") for role in ("admin", "security", "auditor")}


def system(session, kind):
    """The details of the system's entries of this kind, oldest first."""
    session.rollback()
    query = select(JournalEntry).where(JournalEntry.stream == "system", JournalEntry.kind == kind)
    return [json.loads(row.details) for row in session.scalars(query.order_by(JournalEntry.seq))]


def refused(reason, call, *args, **kwargs):
    with pytest.raises(AdministrationRefused) as refusal, transaction():
        call(*args, **kwargs)
    assert refusal.value.reason == reason


# --- who may ------------------------------------------------------------------------------------------------------


def test_roles_are_for_security_and_accounts_for_system_administrators(actors, guichi, session):
    officer, office = accounts.find("guichi.dept1.officer"), unit("guichi", "bureau")
    for role in ("admin", "auditor"):
        with pytest.raises(PermissionDenied), transaction():
            accounts.grant(officer, "supervisor", office, guichi.now, actors[role])
        with pytest.raises(PermissionDenied), transaction():
            accounts.reset_password(officer, "x", guichi.now, guichi.now, actors[role])
    for role in ("security", "auditor"):
        with pytest.raises(PermissionDenied), transaction():
            accounts.set_active(officer, False, guichi.now, actors[role])
        with pytest.raises(PermissionDenied), transaction():
            accounts.add("li.lei", "李雷", "!", guichi.now, actors[role], unit=office)
        with pytest.raises(PermissionDenied), transaction():
            units.add("guichi", "X1", "新单位", "district", guichi.now, actors[role], parent=office)


def test_an_officer_administers_nothing(actors, guichi, session):
    officer = person("guichi.dept1.officer")
    with pytest.raises(PermissionDenied), transaction():
        accounts.grant(accounts.find("guichi.dept2.officer"), "officer", unit("guichi", "bureau"), guichi.now, officer)
    with pytest.raises(NotFound):
        directory.user(accounts.find("guichi.dept2.officer").id, officer)


def test_what_another_regulation_has_is_not_there(actors, guichi, session):
    stranger, office = accounts.find("hainan.platform.officer"), unit("hainan", "platform")
    for call in (
        lambda: accounts.grant(stranger, "supervisor", office, guichi.now, actors["security"]),
        lambda: accounts.grant(stranger, "officer", unit("guichi", "bureau"), guichi.now, actors["security"]),
        lambda: accounts.set_active(stranger, False, guichi.now, actors["admin"]),
        lambda: accounts.end_logins(stranger, guichi.now, actors["security"]),
        lambda: units.set_active(office, False, guichi.now, actors["admin"]),
        lambda: directory.user(stranger.id, actors["auditor"]),
        lambda: directory.unit(office.id, actors["admin"]),
    ):
        with pytest.raises(NotFound), transaction():
            call()
    assert not [u for u in directory.users(actors["admin"], per_page=500).items if u.username.startswith("hainan")]


def test_nobody_changes_their_own_roles_or_stops_themselves(actors, guichi, session):
    own = accounts.find("guichi.security")
    refused("own_roles", accounts.grant, own, "officer", unit("guichi", "bureau"), guichi.now, actors["security"])
    refused("own_roles", accounts.revoke, own, "security", own.roles[0].unit, guichi.now, actors["security"])
    refused("own_account", accounts.reset_password, own, "x", guichi.now, guichi.now, actors["security"])
    refused("own_account", accounts.set_active, accounts.find("guichi.admin"), False, guichi.now, actors["admin"])


@pytest.mark.parametrize("first", ["admin", "security", "auditor"])
def test_nobody_holds_two_of_the_duties_or_one_beside_another_role(guichi, session, first):
    newcomer("li.lei", (first, unit("guichi", "bureau").id))
    for second in {"admin", "security", "auditor", "officer"} - {first}:
        with pytest.raises(InvalidInput), transaction():
            accounts.grant(accounts.find("li.lei"), second, unit("guichi", "bureau"), guichi.now)


def test_two_roles_given_at_once_are_not_joined(app, guichi, session):
    newcomer("li.lei")
    session.rollback()

    def give(role):
        def call():
            with transaction():
                accounts.grant(accounts.find("li.lei"), role, unit("guichi", "bureau"), guichi.now)
        return call

    given = at_once(app, give("admin"), give("officer"))
    session.rollback()
    assert len(accounts.find("li.lei").roles) == 1 and len([answer for answer in given if answer is None]) == 1


# --- the last of a kind -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("duty", ["admin", "security", "auditor"])
def test_the_last_holder_of_a_duty_is_neither_stopped_nor_relieved(guichi, session, duty):
    last = accounts.find(f"guichi.{duty}")
    refused("last_holder", accounts.set_active, last, False, guichi.now)
    refused("last_holder", accounts.revoke, last, duty, unit("guichi", "bureau"), guichi.now)
    newcomer("li.lei", (duty, unit("guichi", "bureau").id))
    with transaction():
        accounts.set_active(last, False, guichi.now)
    refused("last_holder", accounts.set_active, accounts.find("li.lei"), False, guichi.now)


def test_the_last_two_holders_do_not_stop_each_other(app, actors, guichi, session):
    other = newcomer("li.lei", ("admin", unit("guichi", "bureau").id))
    session.rollback()

    def stop(username, actor):
        def call():
            with transaction():
                accounts.set_active(accounts.find(username), False, guichi.now, actor)
        return call

    at_once(app, stop("li.lei", actors["admin"]), stop("guichi.admin", other))
    session.rollback()
    assert accounts.find("li.lei").active or accounts.find("guichi.admin").active


# --- work and logins ----------------------------------------------------------------------------------------------


@pytest.fixture
def taken(guichi, session):
    item = open_item(guichi.case_id)
    with transaction():
        tasks.claim(item.id, person("guichi.dept1.officer"), guichi.now)
    return item.id


def test_stopping_somebody_gives_their_tasks_back_and_ends_their_logins(taken, actors, app, guichi, session):
    officer = accounts.find("guichi.dept1.officer")
    with transaction():
        sessions.begin(officer, guichi.now, app.config["CASEFLOW"])
    with transaction():
        accounts.set_active(officer, False, guichi.now, actors["admin"])
    assert session.get(WorkItem, taken).assignee_id is None
    released, = entries(guichi.case_id, "task_released")
    assert released.actor_id == actors["admin"].user_id
    assert session.query(WebSession).filter_by(user_id=officer.id).count() == 0
    told, = system(session, "user_disabled")
    assert (told["before"], told["after"]) == ({"active": True}, {"active": False})


def test_what_was_taken_in_the_moment_of_being_stopped_is_given_back_soon(taken, guichi, session):
    with transaction():
        session.query(User).filter_by(username="guichi.dept1.officer").update({"active": False})
    with transaction():
        assert accounts.free_stranded(guichi.now) == 1
    assert session.get(WorkItem, taken).assignee_id is None
    with transaction():
        assert accounts.free_stranded(guichi.now) == 0


def test_a_role_is_seen_in_the_work_at_once_and_gone_with_it(actors, guichi, session):
    newcomer("li.lei")
    item, office = open_item(guichi.case_id), None
    office = item.unit
    with transaction():
        accounts.grant(accounts.find("li.lei"), "officer", office, guichi.now)
    assert worklist.my_work(person("li.lei"), now=guichi.now).total == 1
    with transaction():
        accounts.revoke(accounts.find("li.lei"), "officer", office, guichi.now, actors["security"])
    assert worklist.my_work(person("li.lei"), now=guichi.now).total == 0
    given, = system(session, "role_granted")
    assert (given["before"], given["after"]) == ([], [["officer", office.id]])
    gone, = system(session, "role_revoked")
    assert (gone["before"], gone["after"]) == ([["officer", office.id]], [])


def test_own_logins_end_by_oneself_those_of_others_by_security(actors, app, guichi, session):
    officer = accounts.find("guichi.dept1.officer")
    with transaction():
        for _ in range(2):
            sessions.begin(officer, guichi.now, app.config["CASEFLOW"])
    one = directory.logins_of(officer)[0].id
    with transaction():
        assert accounts.end_logins(officer, guichi.now, person("guichi.dept1.officer"), one) == 1
    with pytest.raises(PermissionDenied), transaction():
        accounts.end_logins(officer, guichi.now, actors["admin"])
    with transaction():
        assert accounts.end_logins(officer, guichi.now, actors["security"]) == 1
    assert [told["logins"] for told in system(session, "logins_ended")] == [1, 1]


def test_a_change_of_a_person_is_recorded_with_before_and_after_and_no_change_is_not(actors, guichi, session):
    officer = accounts.find("guichi.dept1.officer")
    for _ in range(2):
        with transaction():
            accounts.change(officer, guichi.now, actors["admin"], name="李雷", staff_no="A-1",
                          unit=unit("guichi", "bureau"))
    told, = system(session, "user_changed")
    assert told["after"] == {"name": "李雷", "staff_no": "A-1", "unit": unit("guichi", "bureau").id}
    assert told["before"]["name"] != "李雷"


@pytest.mark.parametrize("name", ["", "=1+1", "李\x00雷", "李\u202e雷", "长" * 65])
def test_a_name_that_is_none_is_refused(actors, guichi, session, name):
    with pytest.raises(InvalidInput), transaction():
        accounts.add("li.lei", name, "!", guichi.now, actors["admin"], unit=unit("guichi", "bureau"))


# --- offices ------------------------------------------------------------------------------------------------------


def new_unit(guichi, code="DEPT-9", parent=None, actor=None):
    with transaction():
        return units.add("guichi", code, "贵池区新设中心", "district", guichi.now, actor or person("guichi.admin"),
                         parent=parent or unit("guichi", "bureau")).id


def test_an_office_that_was_added_gets_the_ratings_for_its_code(guichi, session):
    new = new_unit(guichi)
    found = directory.unit(new, person("guichi.admin"))
    assert (found.area_code, found.parent_id) == (unit("guichi", "bureau").area_code, unit("guichi", "bureau").id)
    added, = system(session, "unit_added")
    assert added["code"] == "DEPT-9" and added["after"]["name"] == "贵池区新设中心"


def test_a_code_in_use_or_of_another_form_is_refused(guichi, session):
    new_unit(guichi)
    with pytest.raises(Conflict):
        new_unit(guichi)
    for code in ("", "a b", "=1", "x" * 33):
        with pytest.raises(InvalidInput):
            new_unit(guichi, code)


def test_an_office_moves_with_all_below_it_but_never_below_itself(guichi, session):
    upper = directory.unit(new_unit(guichi, "U-1"), person("guichi.admin"))
    lower = directory.unit(new_unit(guichi, "U-2", parent=upper), person("guichi.admin"))
    with pytest.raises(AdministrationRefused), transaction():
        units.change(upper, guichi.now, person("guichi.admin"), name=upper.name, parent=lower)
    session.rollback()
    with transaction():
        units.change(lower, guichi.now, person("guichi.admin"), name="改名", parent=unit("guichi", "bureau"))
    told, = system(session, "unit_changed")
    assert (told["before"]["parent"], told["after"]["parent"]) == (upper.id, unit("guichi", "bureau").id)


def test_an_office_closes_only_when_nothing_depends_on_it(guichi, session):
    admin = person("guichi.admin")
    refused("unit_of_regulation", units.set_active, unit("guichi", "bureau"), False, guichi.now, admin)
    refused("unit_has_cases", units.set_active, guichi.case().unit, False, guichi.now, admin)
    busy = directory.unit(new_unit(guichi, "U-1"), admin)
    newcomer("li.lei", ("officer", busy.id))
    refused("unit_has_people", units.set_active, busy, False, guichi.now, admin)
    with transaction():
        accounts.set_active(accounts.find("li.lei"), False, guichi.now)
    lower = directory.unit(new_unit(guichi, "U-2", parent=busy), admin)
    refused("unit_has_units", units.set_active, busy, False, guichi.now, admin)
    for office in (lower, busy):
        with transaction():
            units.set_active(office, False, guichi.now, admin)
    refused("unit_closed", units.set_active, lower, True, guichi.now, admin)
    refused("unit_closed", accounts.grant, accounts.find("guichi.dept2.officer"), "officer", busy, guichi.now)
