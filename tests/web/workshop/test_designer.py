"""The designer's page and what it asks the server: findings, saving by revision, files in and out, who else is here."""

from __future__ import annotations

import json
import re
from io import BytesIO

import pytest
from lxml import html

from caseflow.engine.values import CASE_VARIABLES
from caseflow.models import ProcessDraft, db, transaction
from caseflow.workshop import drafts
from tests.ground import newcomer, person, unit
from tests.source import ROOT
from tests.web.desk import Desk, words
from tests.web.test_sentences import chinese_in

HOSTILE = ROOT / "tests/data/hostile"
SOURCE = (ROOT / "bpmn/guichi/rectification.bpmn").read_bytes()
PROCESS = "guichi_rectification"
JSON = {"Accept": "application/json", "Content-Type": "application/xml"}


@pytest.fixture
def designer(installed, app, clock) -> Desk:
    return Desk(app, clock, "guichi.designer")


def begun(desk: Desk, file: bytes | None = None):
    data = {} if file is None else {"file": (BytesIO(file), "图.bpmn")}
    return desk.browser.post(f"/workshop/{PROCESS}/drafts", data=data)


@pytest.fixture
def draft(designer) -> str:
    """The address of a draft of what is deployed."""
    return begun(designer).location.removesuffix("/design")


def found(desk: Desk, draft: str, source: bytes):
    return desk.browser.post(f"{draft}/findings", data=source, headers=JSON)


def saved(desk: Desk, draft: str, source: bytes, revision: int | str):
    return desk.browser.post(f"{draft}/save?revision={revision}", data=source, headers=JSON)


def kept(app) -> tuple[int, bytes]:
    with app.app_context():
        row = db.session.query(ProcessDraft).one()
        return row.revision, row.source


def facts(page) -> dict:
    return json.loads(html.fromstring(page.text).get_element_by_id("designer-facts").text)


def test_the_page_offers_what_the_regulation_has(designer, draft):
    told = facts(designer.opens(f"{draft}/design"))
    assert told["may_edit"] and told["revision"] == 1 and told["process"] == PROCESS
    assert dict(told["units"]).items() >= {"responsible": "承办单位", "government": "贵池区人民政府"}.items()
    assert "GC-2(二)" in dict(told["articles"]) and "escalate" in dict(told["topics"])
    assert [variable["name"] for variable in told["variables"]] == [*CASE_VARIABLES]
    assert told["processes"] == [["guichi_appeal", "贵池 · 申诉复核"]]


def test_every_word_of_the_script_is_on_the_page(designer, draft):
    told = facts(designer.opens(f"{draft}/design"))["words"]
    scripts = "".join(file.read_text() for file in (ROOT / "web/static/caseflow/designer").glob("*.js"))
    said = set(re.findall(r"say\('(\w+)'", scripts))
    assert len(said) > 80 and said - told.keys() == set()


def test_what_is_wrong_is_told_in_the_words_of_the_page_and_kept_nowhere(designer, app, draft):
    wrong = SOURCE.replace(b' camunda:candidateGroups="bureau.officer"', b"")
    told = found(designer, draft, wrong).json
    assert told["blocks"]
    assert {"element": "revisit", "name": "满意度回访", "severity": "error",
            "sentence": "人工任务没有写由谁办；请在属性里选办理单位和岗位。"} in told["findings"]
    assert found(designer, draft, SOURCE).json["blocks"] is False
    assert kept(app)[0] == 1


def test_in_english_nothing_is_chinese_but_the_names_in_the_diagram_and_the_articles(designer, draft):
    with designer.browser.session_transaction() as cookie:
        cookie["locale"] = "en"
    assert [word for word in facts(designer.opens(f"{draft}/design"))["words"].values() if chinese_in(word)] == []
    longer = SOURCE.replace(b"working_days(2, since=received_at)", b"working_days(3, since=received_at)")
    nobody = SOURCE.replace(b' camunda:candidateGroups="bureau.officer"', b"").replace(b"visits(", b"visit(")
    for source in (longer, nobody, *(file.read_bytes() for file in sorted(HOSTILE.glob("*.bpmn")))):
        told = found(designer, draft, source).json
        said = [*(one["sentence"] for one in told["findings"]), *(one["why"] for one in told["rules"])]
        assert told["blocks"] and said and [text for text in said if chinese_in(text)] == []
    [reason] = html.fromstring(begun(designer, b"<bpmn:definitions").text).xpath('//*[@role="alert"]//li/text()')
    assert reason.startswith("The file is not complete XML") and chinese_in(reason) == ""


def test_hostile_files_get_findings_and_no_draft_holds_what_cannot_be_read(designer, app, draft):
    unreadable = 0
    for file in sorted([*HOSTILE.glob("*.bpmn"), *HOSTILE.glob("*.xml")]):
        source = file.read_bytes()
        answer = found(designer, draft, source)
        assert answer.status_code == 200 and isinstance(answer.json["findings"], list), file.name
        if file.name.startswith("x") and (refused := saved(designer, draft, source, kept(app)[0])).status_code == 422:
            page, unreadable = begun(designer, source), unreadable + 1
            assert page.status_code == 422 and "没有新建草稿" in words(page), file.name
            assert answer.json["blocks"] and refused.json["message"], file.name
    assert unreadable >= 8


def test_what_is_empty_or_huge_is_refused(designer, app, draft):
    assert saved(designer, draft, b"", 1).status_code == 422
    assert "1000000" in saved(designer, draft, b"<" * 1_000_001, 1).json["message"]
    assert saved(designer, draft, b"<" * 4_000_001, 1).status_code == 413
    assert found(designer, draft, b"<" * 4_000_001).status_code == 413
    assert begun(designer, b"").status_code == begun(designer, b"<" * 1_000_001).status_code == 422
    assert kept(app) == (1, kept(app)[1])


def test_a_save_names_the_revision_it_is_made_from(designer, app, clock, draft):
    changed = SOURCE.replace("收到后2个工作日".encode(), "收到后两个工作日".encode())
    answer = saved(designer, draft, changed, 1)
    assert (answer.json["revision"], answer.json["blocks"]) == (2, False) and kept(app) == (2, changed)
    assert saved(designer, draft, changed, "no").status_code == 422
    with app.app_context(), transaction():
        newcomer("钱设计", ("designer", unit("guichi", "bureau").id))
    late = saved(Desk(app, clock, "钱设计"), draft, SOURCE, 1)
    assert late.status_code == 409 and late.json["code"] == "draft_changed"
    with app.app_context():
        assert person("guichi.designer").name in late.json["message"]
    assert kept(app) == (2, changed)


@pytest.mark.parametrize(("username", "design", "save"), [
    ("guichi.approver", 200, 403), ("guichi.auditor", 200, 403), ("guichi.dept1.officer", 404, 404),
    ("hainan.designer", 404, 404)])
def test_others_look_or_find_nothing(designer, app, clock, draft, username, design, save):
    other = Desk(app, clock, username)
    page = other.opens(f"{draft}/design")
    assert page.status_code == other.opens(f"{draft}/export").status_code == design
    assert found(other, draft, SOURCE).status_code == other.sends(f"{draft}/presence").status_code == design
    assert saved(other, draft, SOURCE, 1).status_code == begun(other).status_code == save
    if design == 200:
        assert facts(page)["may_edit"] is False and "只能查看" in words(page)


def test_a_file_comes_in_as_a_draft_of_its_own_and_goes_out_as_it_was(designer, app):
    draft = begun(designer, SOURCE).location.removesuffix("/design")
    answer = designer.opens(f"{draft}/export")
    assert answer.data == SOURCE and answer.mimetype == "application/xml"
    assert "attachment" in answer.headers["Content-Disposition"]
    undrawn = SOURCE[:SOURCE.index(b"<bpmndi:BPMNDiagram")] + b"</bpmn:definitions>"
    assert "没有图形" in words(begun(designer, undrawn))
    assert designer.sends("/workshop/guichi_nothing/drafts").status_code == 404


@pytest.mark.both_databases
def test_who_has_a_draft_open_is_told_to_the_others_for_a_minute(installed, session, clock):
    first, now = person("guichi.designer"), clock()
    with transaction():
        draft = drafts.begin(PROCESS, first, now).id
        assert drafts.look(draft, first, now)[1] == []
    with transaction():
        assert drafts.look(draft, person("guichi.approver"), now)[1] == [first.name]
    clock.set(clock() + drafts.GONE_AFTER)
    with transaction():
        assert drafts.look(draft, person("guichi.auditor"), clock())[1] == []
        assert drafts.look(draft, first, clock())[1] == [person("guichi.auditor").name]
