"""The pages of administration and of one's own account."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from caseflow.models import JournalEntry, Unit, User, WebSession, db
from caseflow.people import accounts
from tests.ground import unit
from tests.web.desk import Desk, words
from tests.web.ground import PASSWORD, is_signed_in, person, send, shell, sign_in
from web.sign_in import passwords

PAGES = ("/admin/users", "/admin/units")


@pytest.fixture
def desks(installed, app, clock):
    return {role: Desk(app, clock, f"guichi.{role}") for role in ("admin", "security", "auditor")}


def user_id(app, username):
    with app.app_context():
        return accounts.find(username).id


def unit_id(app, regulation, key):
    with app.app_context():
        return unit(regulation, key).id


def said(answer, desk):
    assert answer.status_code == 302, answer.status_code
    return words(desk.opens(answer.location))


def test_new_accounts_get_their_passwords_on_one_sheet_that_is_shown_once(desks, app):
    for name in ("li.lei", "han.mei"):
        desks["admin"].sends("/admin/users", {
            "username": name, "name": name, "unit": str(unit_id(app, "guichi", "market_supervision"))})
    assert "还没有密码" not in words(desks["admin"].opens("/admin/users"))
    assert "有 4 个账号还没有密码" in words(desks["security"].opens("/admin/users"))
    for role in ("admin", "auditor"):
        assert desks[role].sends("/admin/users/passwords").status_code == 403
    sheet = desks["security"].sends("/admin/users/passwords")
    assert sheet.headers["Cache-Control"] == "no-store" and "4 个新账号" in words(sheet)
    given = re.findall(r"<code>([a-z.]+)</code></td>.*?secret\">([^<]+)<", sheet.text, re.S)
    assert {name for name, _ in given} == {"han.mei", "li.lei", "guichi.admin", "guichi.auditor"}
    with app.app_context():
        for name, password in given:
            user = accounts.find(name)
            assert passwords.matches(user.password_hash, password) and user.password_until is not None
        assert len(list(db.session.scalars(select(JournalEntry).where(JournalEntry.kind == "password_reset")))) == 4
    assert "没有等待密码的账号" in said(desks["security"].sends("/admin/users/passwords"), desks["security"])


def test_whoever_has_no_duty_is_shown_no_administration(installed, app, clock):
    officer = Desk(app, clock, "guichi.bureau.officer")
    assert "/admin/" not in officer.opens("/work/").text
    for page in (*PAGES, "/admin/journal"):
        assert officer.opens(page).status_code == 403


def test_each_duty_is_shown_what_it_may_change_and_nothing_else(desks, app):
    page = f"/admin/users/{user_id(app, 'guichi.dept1.officer')}"
    forms = {role: set(re.findall(rf'action="{page}([^"]*)"', desk.opens(page).text)) for role, desk in desks.items()}
    assert forms == {"admin": {"", "/active"}, "security": {"/roles", "/roles/remove", "/password"}, "auditor": set()}
    assert [desk.opens("/admin/journal").status_code for desk in desks.values()] == [403, 403, 200]


def test_another_regulations_people_and_units_are_not_there(desks, app):
    foreign = {f"/admin/users/{user_id(app, 'hainan.platform.officer')}": ("", "/active", "/roles", "/roles/remove",
                                                                          "/password", "/logins/end"),
               f"/admin/units/{unit_id(app, 'hainan', 'platform')}": ("", "/active")}
    for path, actions in foreign.items():
        for desk in desks.values():
            assert desk.opens(path).status_code == 404
            assert {desk.sends(path + action).status_code for action in actions} == {404}


def test_an_account_is_made_and_works_once_security_has_given_role_and_password(desks, app, clock):
    office = unit_id(app, "guichi", "bureau")
    form = {"username": "Li.Lei", "name": "李雷", "staff_no": "7", "unit": str(office)}
    assert "已建立账号 li.lei" in said(desks["admin"].sends("/admin/users", form), desks["admin"])
    assert "已在使用" in said(desks["admin"].sends("/admin/users", form), desks["admin"])
    path = f"/admin/users/{user_id(app, 'li.lei')}"
    assert "请选择单位" in said(desks["admin"].sends("/admin/users", form | {"unit": ""}), desks["admin"])
    assert desks["admin"].sends(path + "/roles", {"role": "officer", "unit": str(office)}).status_code == 403
    answer = desks["security"].sends(path + "/roles", {"role": "officer", "unit": str(office)})
    assert "已授予岗位" in said(answer, desks["security"])
    page = desks["security"].sends(path + "/password").text
    password = re.search(r'id="one-time">([^<]+)<', page)[1]
    with app.app_context():
        user = accounts.find("li.lei")
        assert password not in user.password_hash and user.password_until is not None
        kinds = set(db.session.scalars(select(JournalEntry.kind).where(JournalEntry.stream == "system")))
        assert {"user_added", "role_granted", "password_reset"} <= kinds
        assert all(password not in row.details for row in db.session.scalars(select(JournalEntry)))


def test_stopping_and_renaming_are_said_and_a_refusal_says_why(desks, app):
    path = f"/admin/users/{user_id(app, 'guichi.dept1.officer')}"
    assert "已保存" in said(desks["admin"].sends(path, {"name": "赵新"}), desks["admin"])
    assert "不能以 = + - @ 开头" in said(desks["admin"].sends(path, {"name": "=HYPERLINK()"}), desks["admin"])
    assert "已停用" in said(desks["admin"].sends(path + "/active", {"active": "0"}), desks["admin"])
    last = f"/admin/users/{user_id(app, 'guichi.auditor')}/active"
    assert "最后一位" in said(desks["admin"].sends(last, {"active": "0"}), desks["admin"])


def test_a_role_that_is_gone_already_is_not_an_error(desks, app):
    path = f"/admin/users/{user_id(app, 'guichi.bureau.officer')}/roles/remove"
    for _ in range(2):
        form = {"role": "officer", "unit": str(unit_id(app, "guichi", "bureau"))}
        assert "已撤销岗位" in said(desks["security"].sends(path, form), desks["security"])


def test_a_unit_is_added_renamed_and_closed(desks, app):
    parent = str(unit_id(app, "guichi", "bureau"))
    form = {"regulation": "guichi", "code": "NEW-1", "name": "新设窗口", "level": "district", "parent": parent}
    assert "已新增单位 新设窗口" in said(desks["admin"].sends("/admin/units", form), desks["admin"])
    assert "已在使用" in said(desks["admin"].sends("/admin/units", form), desks["admin"])
    with app.app_context():
        new = db.session.scalar(select(Unit.id).where(Unit.code == "NEW-1"))
    path = f"/admin/units/{new}"
    assert "改了名" in said(desks["admin"].sends(path, {"name": "改了名", "parent": parent}), desks["admin"])
    assert "已停用该单位" in said(desks["admin"].sends(path + "/active", {"active": "0"}), desks["admin"])
    assert "点名的单位" in said(desks["admin"].sends(f"/admin/units/{parent}/active", {"active": "0"}), desks["admin"])


def test_the_audit_reads_who_changed_what_from_what_to_what(desks, app):
    desks["admin"].sends(f"/admin/users/{user_id(app, 'guichi.dept1.officer')}", {"name": "赵新"})
    page = words(desks["auditor"].opens("/admin/journal"))
    assert "更改人员资料：赵新" in page and "→ 赵新" in page


# --- one's own account --------------------------------------------------------------------------------------------


@pytest.fixture
def served(database_url, clock, tmp_path):
    return shell(database_url, clock, tmp_path)


def one_time(served, clock, hours=72):
    from datetime import timedelta

    with served.app_context():
        number = person()
        with db.session.begin_nested():
            db.session.get(User, number).password_until = clock() + timedelta(hours=hours)
        db.session.commit()
    return served.test_client()


NEW = "Another-Answer-43!"


def test_a_one_time_password_opens_only_the_page_where_another_is_chosen(served, clock):
    browser = one_time(served, clock)
    assert sign_in(browser).status_code == 302
    for page in ("/", "/work/", "/cases/", "/account/", "/admin/users"):
        assert browser.get(page).location == "/account/password", page
    send(browser, "/account/password", "/account/password", present=PASSWORD, password=NEW, again=NEW)
    assert not is_signed_in(browser)
    assert sign_in(browser, password=PASSWORD).status_code == 401
    assert sign_in(browser, password=NEW).status_code == 302 and is_signed_in(browser)
    assert browser.get("/account/").status_code == 200


def test_a_one_time_password_opens_nothing_when_its_time_is_over(served, clock):
    browser = one_time(served, clock)
    clock.advance(hours=72)
    answer = sign_in(browser)
    assert answer.status_code == 401 and "一次性密码已过期" in answer.text


@pytest.mark.parametrize(("present", "password", "again", "sentence"), [
    ("wrong", NEW, NEW, "现在的密码不正确"), (PASSWORD, NEW, NEW + "x", "不一致"),
    (PASSWORD, PASSWORD, PASSWORD, "不能与现在的密码相同"), (PASSWORD, "short", "short", "12 至 128 个字符")])
def test_a_password_that_will_not_do_is_refused_with_a_reason(served, clock, present, password, again, sentence):
    browser = one_time(served, clock)
    sign_in(browser)
    answer = send(browser, "/account/password", "/account/password", present=present, password=password, again=again)
    assert answer.status_code == 422 and sentence in answer.text


def test_one_sees_where_one_is_signed_in_and_ends_the_other_logins(served, clock):
    with served.app_context():
        number = person()
    here, there = served.test_client(), served.test_client()
    sign_in(here)
    clock.advance(minutes=1)
    sign_in(there)
    page = here.get("/account/").text
    assert "本次登录" in page and page.count('name="login"') == 1
    send(here, "/account/logins/end", "/account/")
    assert is_signed_in(here) and not is_signed_in(there)
    with served.app_context():
        assert db.session.query(WebSession).filter_by(user_id=number).count() == 1


def test_a_login_of_somebody_else_does_not_end_by_its_number(served, clock):
    with served.app_context():
        person()
        other = person("zhao.lei")
    here, there = served.test_client(), served.test_client()
    sign_in(here)
    sign_in(there, "zhao.lei")
    with served.app_context():
        login = db.session.scalar(select(WebSession.id).where(WebSession.user_id == other))
    send(here, "/account/logins/end", "/account/", login=login)
    assert is_signed_in(there)
