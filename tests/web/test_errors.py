"""The table from refusal to answer."""

from __future__ import annotations

import pytest

from caseflow import errors
from tests.web.ground import shell
from web import errors as answers
from web.frame import access
from web.frame.access import Rule
from web.sign_in import auth


def classes():
    found = [value for value in vars(errors).values()
             if isinstance(value, type) and issubclass(value, errors.CaseflowError)]
    return sorted(found, key=lambda kind: kind.__name__)


@pytest.fixture
def browser(database_url, clock, tmp_path):
    access.RULES["refused"] = Rule.PUBLIC
    yield shell(database_url, clock, tmp_path, add_refusals).test_client()
    del access.RULES["refused"]


def add_refusals(app):
    @app.get("/refused/<name>")
    def refused(name):
        raise getattr(errors, name)("detail 4711")


def test_every_refusal_of_the_core_has_a_row():
    assert set(classes()) == set(answers.REFUSALS)


@pytest.mark.parametrize("kind", classes())
def test_a_refusal_says_its_chinese_sentence_and_no_detail(browser, kind):
    status, sentence = answers.REFUSALS[kind]
    answer = browser.get(f"/refused/{kind.__name__}")
    assert answer.status_code == status
    assert sentence._args[0] in answer.text and "4711" not in answer.text


@pytest.mark.parametrize("kind", classes())
def test_a_refusal_is_json_for_whoever_asks_for_it(browser, kind):
    answer = browser.get(f"/refused/{kind.__name__}", headers={"Accept": "application/json"})
    assert answer.status_code == answers.REFUSALS[kind][0]
    assert answer.json["code"] == kind().code and answer.json["message"]


def test_a_refusal_speaks_english_after_the_switch(browser):
    with browser.session_transaction() as cookie:
        cookie["locale"] = "en"
    assert "colleague" in browser.get("/refused/AlreadyClaimed").text


def test_a_new_kind_of_refusal_speaks_as_its_parent(browser, monkeypatch):
    class Rare(errors.TaskNotOpen):
        """Something rare."""

    monkeypatch.setattr(errors, "Rare", Rare, raising=False)
    assert browser.get("/refused/Rare").status_code == 409


def test_htmx_gets_a_sentence_for_the_messages_of_the_page(browser):
    answer = browser.get("/refused/TaskNotOpen", headers={"HX-Request": "true"})
    assert answer.headers["HX-Retarget"] == "#messages" and "<html" not in answer.text


def test_the_error_page_comes_even_when_the_frame_fails(browser, monkeypatch):
    monkeypatch.setattr(auth, "locale", lambda: "zh")
    monkeypatch.setitem(browser.application.jinja_env.globals, "in_demo", lambda: 1 / 0)
    answer = browser.get("/refused/NotFound")
    assert answer.status_code == 404 and "没有找到" in answer.text


@pytest.mark.parametrize(("method", "page", "status"), [("GET", "/no-such-page", 404), ("PUT", "/login", 405)])
def test_http_errors_have_pages_too(browser, method, page, status):
    browser.application.config["WTF_CSRF_ENABLED"] = False
    answer = browser.open(page, method=method)
    assert answer.status_code == status and "Werkzeug" not in answer.text
