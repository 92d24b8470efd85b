"""Signing in: the session, its ends, and how guessing is stopped."""

from __future__ import annotations

import hashlib
import html
import re

import pytest
from sqlalchemy import select

from caseflow.models import User, WebSession, db
from tests.web.ground import PASSWORD, change, is_signed_in, person, send, shell, sign_in, token
from web.sign_in import auth, passwords

HOSTILE_NEXT = [
    "//evil.example", "///evil.example", "////evil.example/x", "/\\evil.example", "\\\\evil.example", "\\/evil.example",
    "https://evil.example", "http:evil.example", "https:evil.example", "https:/evil.example", "HTTPS://evil.example",
    "%2f%2fevil.example", "/%2fevil.example", "/%5cevil.example", "%5c%5cevil.example", "%2F/evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
    "//evil.example/%2e%2e", "/\t/evil.example", "\t//evil.example", "/\n/evil.example", " //evil.example",
    "//user@evil.example", "evil.example", "@evil.example", "/%09/evil.example", "/%0a/evil.example",
    "\x00//evil.example", "/login", "/logout",
]


@pytest.fixture
def served(database_url, clock, tmp_path):
    return shell(database_url, clock, tmp_path)


@pytest.fixture
def user_id(served):
    with served.app_context():
        return person()


@pytest.fixture
def browser(served, user_id):
    return served.test_client()


def secret_of(browser) -> str:
    with browser.session_transaction() as cookie:
        return cookie["login"]


def sessions_of(served, user_id):
    with served.app_context():
        return list(db.session.scalars(select(WebSession.id).where(WebSession.user_id == user_id)))


def test_the_right_password_signs_in(browser):
    assert sign_in(browser).status_code == 302
    assert is_signed_in(browser)


def test_the_cookie_carries_a_secret_of_which_the_table_keeps_the_digest(served, browser, user_id):
    sign_in(browser)
    secret = secret_of(browser)
    assert sessions_of(served, user_id) == [hashlib.sha256(secret.encode()).hexdigest()]
    assert len(secret) >= 32


def test_each_sign_in_is_a_new_session_and_ends_the_one_before(served, browser, user_id):
    sign_in(browser)
    first = secret_of(browser)
    with browser.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    address = "/login"
    browser.post(address, data={"csrf_token": token(browser, "/no-such-page"), "username": "wang.fang",
                                "password": PASSWORD})
    assert secret_of(browser) != first
    assert len(sessions_of(served, user_id)) == 1
    with browser.session_transaction() as cookie:
        assert "planted" not in cookie


def test_an_idle_session_ends_after_a_quarter_of_an_hour(browser, clock):
    sign_in(browser)
    clock.advance(minutes=14)
    assert is_signed_in(browser)
    clock.advance(minutes=14)
    assert is_signed_in(browser)
    clock.advance(minutes=15)
    assert not is_signed_in(browser)


def test_a_session_in_use_ends_after_eight_hours(browser, clock):
    sign_in(browser)
    for _ in range(47):
        clock.advance(minutes=10)
        assert is_signed_in(browser)
    clock.advance(minutes=10)
    assert not is_signed_in(browser)


def test_signing_out_ends_the_session_wherever_its_cookie_is_kept(served, browser, user_id):
    sign_in(browser)
    stolen = secret_of(browser)
    send(browser, "/logout", "/no-such-page")
    other = served.test_client()
    with other.session_transaction() as cookie:
        cookie["login"] = stolen
    assert not is_signed_in(browser) and not is_signed_in(other)
    assert sessions_of(served, user_id) == []


def test_a_stopped_account_is_out_on_its_next_request(served, browser, user_id):
    sign_in(browser)
    with served.app_context():
        change(user_id, active=False)
    assert not is_signed_in(browser)
    assert sign_in(browser).status_code == 401


def test_a_demo_account_opens_nothing_outside_the_demo(served, browser, user_id):
    with served.app_context():
        person("demo.person", demo=True)
    assert sign_in(browser, "demo.person").status_code == 401
    assert send(browser, "/login/as", username="demo.person").status_code == 404


def test_one_click_signs_in_as_a_demo_account_and_no_other(database_url, clock, tmp_path):
    app = shell(database_url, clock, tmp_path, demo="1")
    with app.app_context():
        person("demo.person", demo=True)
        person("real.person")
    client = app.test_client()
    assert send(client, "/login/as", username="real.person").status_code == 404
    assert "王芳" in client.get("/login").text and "real.person" not in client.get("/login").text
    assert send(client, "/login/as", username="demo.person").status_code == 302
    assert is_signed_in(client)


def test_five_wrong_passwords_lock_the_account_even_for_the_right_one(browser, clock):
    for number in range(5):
        answer = send(browser, "/login", username="wang.fang", password=f"wrong {number}")
        assert answer.status_code == 401
    assert sign_in(browser).status_code == 429
    clock.advance(minutes=14)
    assert sign_in(browser).status_code == 429
    clock.advance(minutes=2)
    assert sign_in(browser).status_code == 302


def test_the_lock_of_an_account_holds_from_any_address(served, browser):
    for number in range(5):
        client = served.test_client()
        form = {"csrf_token": token(client), "username": "wang.fang", "password": "wrong"}
        client.post("/login", data=form, environ_base={"REMOTE_ADDR": f"10.0.0.{number}"})
    assert sign_in(browser).status_code == 429


def test_five_wrong_passwords_lock_the_address_for_every_account(browser):
    for number in range(5):
        send(browser, "/login", username=f"guess{number}", password="wrong")
    assert sign_in(browser).status_code == 429


@pytest.mark.both_databases
@pytest.mark.parametrize("address", ["/login", "/login/as"])
def test_a_name_no_database_can_hold_is_nobodys(database_url, clock, tmp_path, address):
    client = shell(database_url, clock, tmp_path, demo="1").test_client()
    answer = send(client, address, username="wang\x00fang", password="wrong")
    assert answer.status_code == (401 if address == "/login" else 404)


def test_wrong_passwords_far_apart_lock_nothing(browser, clock):
    for _ in range(6):
        assert send(browser, "/login", username="wang.fang", password="wrong").status_code == 401
        clock.advance(minutes=16)
    assert sign_in(browser).status_code == 302


def test_the_right_password_clears_the_account_but_not_what_was_guessed_from_the_address(browser):
    for _ in range(4):
        send(browser, "/login", username="somebody", password="wrong")
    assert sign_in(browser).status_code == 302
    send(browser, "/logout", "/no-such-page")
    assert send(browser, "/login", username="somebody", password="wrong").status_code == 401
    assert sign_in(browser).status_code == 429


def test_an_unknown_name_gets_the_same_answers_as_a_known_one(served, user_id):
    def answers(username, address):
        client = served.test_client()
        for _ in range(6):
            form = {"csrf_token": token(client), "username": username, "password": "wrong"}
            answer = client.post("/login", data=form, environ_base={"REMOTE_ADDR": address})
            yield answer.status_code, re.sub(r'value="[^"]*"|content="[^"]*"', "", answer.text)

    assert list(answers("wang.fang", "10.0.0.1")) == list(answers("nobody.here", "10.0.0.2"))


def test_an_unknown_name_costs_as_many_password_checks_as_a_known_one(
        browser, user_id, cheap_passwords, monkeypatch):
    hasher, checked = cheap_passwords, []
    with browser.application.app_context():
        change(user_id, password_hash=hasher.hash(PASSWORD))
    monkeypatch.setattr(passwords, "_nobodys", passwords._nobodys.__wrapped__)
    monkeypatch.setattr(passwords, "_hasher", type("Counting", (), {
        "verify": lambda self, stored, given: checked.append(stored.split("$")[3]) or hasher.verify(stored, given),
        "hash": lambda self, given: hasher.hash(given)})())
    for username in ("wang.fang", "nobody.here"):
        checked.clear()
        send(browser, "/login", username=username, password="wrong")
        assert checked == ["m=65536,t=3,p=4"], username


@pytest.mark.parametrize("target", HOSTILE_NEXT)
def test_no_next_leaves_the_site(app, target):
    with app.test_request_context():
        assert auth.safe_next(target) == "/"


def test_signing_in_follows_no_next_that_leaves_the_site(browser):
    assert sign_in(browser, next="//evil.example").location == "/"


@pytest.mark.parametrize("target", ["/work/", "/cases/GC-2026-000001?tab=a&b=%E5%BE%85", "/ledger/?q=a%2Fb"])
def test_after_signing_in_one_is_where_one_wanted_to_be(browser, target):
    asked = browser.get(target)
    page = browser.get(asked.location).text
    wanted = re.search(r'action="/login">.*?name="next" value="([^"]*)"', page, re.DOTALL).group(1)
    assert sign_in(browser, next=html.unescape(wanted)).location == target


def test_the_language_is_chinese_until_switched_and_kept_with_the_account(served, browser, user_id):
    assert 'lang="zh-CN"' in browser.get("/login").text
    sign_in(browser)
    send(browser, "/language", "/no-such-page", locale="en", next="/work/")
    assert '<html lang="en">' in browser.get("/no-such-page").text
    with served.app_context():
        assert db.session.get(User, user_id).locale == "en"
