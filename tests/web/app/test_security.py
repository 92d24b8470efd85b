"""What every answer carries, and what is refused before a page is asked."""

from __future__ import annotations

import pytest

from tests.web.ground import person, shell, sign_in, token
from web.app import security
from web.frame import access
from web.frame.access import Rule

PAGES = ["/login", "/", "/no-such-page", "/static/caseflow/caseflow.css", "/static/no-such-file", "/api/v1/nothing",
         "/work/", "/crash", "/refused"]


@pytest.fixture
def served(database_url, clock, tmp_path):
    access.RULES["crash"] = Rule.PUBLIC
    yield shell(database_url, clock, tmp_path, add_crash)
    del access.RULES["crash"]


def add_crash(app):
    @app.get("/crash")
    def crash():
        raise RuntimeError("secret detail 4711")


@pytest.fixture
def browser(served):
    return served.test_client()


@pytest.mark.parametrize("page", PAGES)
def test_every_answer_carries_the_security_headers(browser, page):
    answer = browser.get(page)
    for name, value in security.HEADERS.items():
        assert answer.headers[name] == value, name
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "Server" not in answer.headers


@pytest.mark.parametrize("page", [page for page in PAGES if page != "/static/caseflow/caseflow.css"])
def test_no_page_is_kept_by_a_cache(browser, page):
    assert browser.get(page).headers["Cache-Control"] == "no-store"


def test_a_static_file_is_kept_for_ever_under_the_address_with_its_digest(browser):
    assert "immutable" in browser.get("/static/caseflow/caseflow.css?v=1").headers["Cache-Control"]
    assert browser.get("/static/caseflow/caseflow.css").headers["Cache-Control"] == "no-cache"


def test_an_unknown_host_is_refused_with_headers(browser):
    answer = browser.get("/login", base_url="https://evil.example")
    assert answer.status_code == 400
    assert "Content-Security-Policy" in answer.headers


def test_an_unforeseen_error_shows_no_trace(browser):
    answer = browser.get("/crash")
    assert answer.status_code == 500
    assert "4711" not in answer.text and "Traceback" not in answer.text and "系统" in answer.text


@pytest.mark.parametrize(("address", "form"), [
    ("/login", {"username": "a", "password": "b"}), ("/login/as", {"username": "a"}), ("/logout", {}),
    ("/language", {"locale": "en"}), ("/demo/clock", {"move": "hour"}), ("/work/1", {}), ("/work/1/claim", {}),
])
def test_a_form_without_a_token_is_refused(browser, address, form):
    assert browser.post(address, data=form).status_code == 400


def test_every_route_that_writes_asks_for_a_token(served, browser):
    for rule in served.url_map.iter_rules():
        writing = rule.methods & {"POST", "PUT", "PATCH", "DELETE"}
        if not writing or access.rule_of(rule.endpoint) is Rule.API_KEY:
            continue
        address, method = rule.build(dict.fromkeys(rule.arguments, 1))[1], writing.pop()
        assert browser.open(address, method=method).status_code == 400, rule


def test_the_session_cookie_is_bound_to_the_host_and_hidden_from_scripts(browser):
    cookie = browser.get("/login").headers["Set-Cookie"]
    assert cookie.startswith("__Host-caseflow=")
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cookie
    assert "Domain" not in cookie


def test_the_demo_goes_without_https(database_url, clock, tmp_path):
    answer = shell(database_url, clock, tmp_path, demo="1").test_client().get("/login")
    assert answer.headers["Set-Cookie"].startswith("caseflow=")
    assert "Strict-Transport-Security" not in answer.headers


def test_the_demo_answers_this_machine_only(database_url, clock, tmp_path):
    client = shell(database_url, clock, tmp_path, demo="1").test_client()
    assert client.get("/login", environ_base={"REMOTE_ADDR": "192.168.1.7"}).status_code == 403
    assert client.get("/login", environ_base={"REMOTE_ADDR": "127.0.0.1"}).status_code == 200


def test_too_large_a_body_is_refused(database_url, clock, tmp_path):
    client = shell(database_url, clock, tmp_path, max_upload="1024").test_client()
    answer = client.post("/login", data={"csrf_token": token(client), "username": "x" * 2000})
    assert answer.status_code == 413


def test_every_route_has_a_rule(served):
    assert [rule.endpoint for rule in served.url_map.iter_rules() if access.rule_of(rule.endpoint) is None] == []


def test_a_route_without_a_rule_is_refused(database_url, clock, tmp_path):
    def forget(app):
        app.add_url_rule("/forgotten", view_func=lambda: "open", endpoint="forgotten")

    assert shell(database_url, clock, tmp_path, forget).test_client().get("/forgotten").status_code == 403


def test_whoever_is_not_signed_in_reaches_public_routes_only(served, browser):
    for rule in served.url_map.iter_rules():
        if "GET" not in rule.methods or access.rule_of(rule.endpoint) is not Rule.SIGNED_IN:
            continue
        answer = browser.get(rule.build(dict.fromkeys(rule.arguments, 1))[1])
        assert answer.status_code == 302 and answer.location.startswith("/login"), rule


def test_pages_have_no_inline_script_or_style(served, browser):
    with served.app_context():
        person()
    sign_in(browser)
    for page in ("/login", "/no-such-page"):
        text = browser.get(page).text
        assert " style=" not in text and "<style" not in text and "onclick" not in text
        assert all(" src=" in tag for tag in text.split("<script")[1:])
