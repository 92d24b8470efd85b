"""The workshop: who sees which processes and drafts, how a draft goes to a second person, and the way back."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from caseflow.law import regulations
from caseflow.models import ProcessDraft, db, transaction
from caseflow.processes import deployed as definitions
from caseflow.workshop import drafts
from tests.caseflow.proof.test_effects import hidden
from tests.ground import person
from tests.journeys.kit import Journey
from tests.web.desk import Desk, words

PROCESS = "guichi_rectification"
SOURCE = regulations.files("guichi")["rectification.bpmn"].decode()
SHORTER = SOURCE.replace("working_days(2, since=received_at)", "working_days(1, since=received_at)")


@pytest.fixture
def designer(guichi, app, clock):
    return Desk(app, clock, "guichi.designer")


@pytest.fixture
def approver(guichi, app, clock):
    return Desk(app, clock, "guichi.approver")


def drawn(guichi: Journey, source: str = SHORTER) -> int:
    """A draft with this diagram."""
    with guichi.app.app_context(), transaction():
        return drafts.begin(PROCESS, person("guichi.designer"), guichi.now, source.encode()).id


def deployed(guichi: Journey) -> list[tuple[int, bool, str]]:
    """Number, whether it is current, and digest of each version, newest first."""
    with guichi.app.app_context():
        return [(row.number, row.current, row.digest) for row in definitions.versions(PROCESS)]


def state(guichi: Journey, draft_id: int) -> str:
    with guichi.app.app_context():
        return db.session.get(ProcessDraft, draft_id).state


def after(answer, desk: Desk) -> str:
    """What the page says to which a form led."""
    assert answer.status_code == 302, answer.text
    return words(desk.browser.get(answer.location))


def approves(desk: Desk, path: str):
    """The first revision, with the scenarios that the page shows."""
    seen = re.search('name="scenarios" value="([^"]*)"', desk.opens(path).text)
    return desk.sends(f"{path}/approve", {"revision": "1", "scenarios": seen[1] if seen else ""})


def test_the_list_shows_versions_drafts_and_cases_of_ones_own_place_only(guichi, designer, approver, app, clock):
    drawn(guichi)
    for desk in (designer, approver, Desk(app, clock, "guichi.auditor")):
        page = words(desk.opens("/workshop/"))
        assert "流程" in words(desk.opens("/work/"))
        assert "贵池 · 差评整改" in page and "第 1 版：1 件" in page and "草稿 1 编辑中" in page and "GC-2(二)" in page
        assert "海南" not in page
    officer = Desk(app, clock, "guichi.dept1.officer")
    assert "您没有可以查看的流程" in words(officer.opens("/workshop/"))
    assert ">流程<" not in "".join(officer.opens("/work/").text.split())
    version = f"/workshop/{PROCESS}/versions/{deployed(guichi)[0][2]}"
    for path in (f"/workshop/{PROCESS}", "/workshop/drafts/1", version):
        assert officer.opens(path).status_code == 404
        assert Desk(app, clock, "hainan.designer").opens(path).status_code == 404


def test_the_process_page_tells_in_words_what_the_drawing_shows(guichi, app, clock):
    clock.advance(days=3)
    designer = Desk(app, clock, "guichi.designer")
    page = designer.opens(f"/workshop/{PROCESS}")
    assert "联系并核实 承办单位（差评涉及部门） 1 1" in words(page)
    assert '"first_response": "hot"' in page.text and "1 \\u4ef6 \\u00b7 \\u903e\\u671f 1" in page.text
    guichi.does("first_response", outcome="resolved")
    assert "3 个工作日 （1 件）" in words(designer.opens(f"/workshop/{PROCESS}"))


def test_the_process_page_tells_which_steps_the_ledger_goes_by_and_on_what_articles(guichi, designer):
    page = words(designer.opens(f"/workshop/{PROCESS}"))
    assert "台账按这些环节计：首次联系：联系并核实（GC-2(二)）；" in page
    assert "整改完成：整改并反馈、复杂事项整改、解释说明（GC-2(二)）；" in page
    assert "整改完成（当场解决的）：联系并核实（GC-2(二)）；回访：满意度回访（GC-2(二)）；" in page
    assert "台账按这些环节计" not in words(designer.opens("/workshop/guichi_appeal"))


def test_a_draft_is_submitted_compared_and_approved_by_a_second_person(guichi, designer, approver):
    path = f"/workshop/drafts/{drawn(guichi)}"
    page = words(designer.opens(path))
    assert "“联系并核实”的时限 2 个工作日 → 1 个工作日（自收到评价起）" in page
    assert "1 件在办案件继续按原版本办理" in page and "其中 1 件可以迁移，0 件不能" in page
    assert "收到后2个工作日：2026-03-04 24:00 → 2026-03-03 24:00" in page
    assert "批准并部署" not in words(approver.opens(path))
    assert "已提交审批" in after(designer.sends(f"{path}/submit", {"revision": "1"}), designer)
    assert "批准并部署" in words(approver.opens(path)) and "批准并部署" not in words(designer.opens(path))
    assert "已经提交审批" in after(designer.sends(f"{path}/submit", {"revision": "1"}), designer)
    assert "已批准并部署" in after(approves(approver, path), approver)
    assert "已经批准并部署" in after(approves(approver, path), approver)
    (number, current, digest), (_, old_is_current, _) = deployed(guichi)
    assert (number, current, old_is_current) == (2, True, False)
    version = words(approver.opens(f"/workshop/{PROCESS}/versions/{digest}"))
    assert "与第 1 版比较" in version and "2 个工作日 → 1 个工作日" in version


def test_an_approver_sees_the_words_that_no_rule_watches_with_their_reasons(guichi, designer, approver):
    path = f"/workshop/drafts/{drawn(guichi)}"
    designer.sends(f"{path}/submit", {"revision": "1"})
    page = words(approver.opens(path))
    marks = regulations.get("guichi").unwatched
    assert f"条文里 {len(marks)} 句话没有规则守着" in page
    assert all(mark.sentence in page and mark.reason in page for mark in marks)


def test_words_of_the_law_that_nothing_explains_stop_a_draft_and_are_named(guichi, designer, monkeypatch):
    places = dict(regulations.all_regulations())
    places["guichi"] = replace(places["guichi"], unwatched=places["guichi"].unwatched[1:])
    monkeypatch.setattr(regulations, "all_regulations", lambda: places)
    path = f"/workshop/drafts/{drawn(guichi, SHORTER.replace('联系并核实', '先联系并核实'))}"
    page = words(designer.opens(path))
    assert "不能部署" in page and "GC-2(一)的“建立“好差评”收集、反馈制度”：这句话没有规则守住，也没有说明" in page
    designer.sends(f"{path}/submit", {"revision": "1"})
    assert state(guichi, int(path.rpartition("/")[2])) == "open"


def test_an_approver_sends_back_with_a_reason_that_the_designer_reads(guichi, designer, approver):
    draft_id = drawn(guichi)
    path = f"/workshop/drafts/{draft_id}"
    designer.sends(f"{path}/submit", {"revision": "1"})
    assert "请用至少 2 个字写明理由" in after(approver.sends(f"{path}/send-back", {"reason": " "}), approver)
    assert state(guichi, draft_id) == "submitted"
    after(approver.sends(f"{path}/send-back", {"reason": "先与\n承办单位商量"}), approver)
    assert "审批人退回：先与 承办单位商量" in words(designer.opens(path))


def test_an_old_page_and_a_foreign_hand_change_nothing(guichi, designer, approver, app, clock):
    draft_id = drawn(guichi)
    path = f"/workshop/drafts/{draft_id}"
    with app.app_context(), transaction():
        drafts.save(draft_id, SHORTER.replace("满意度回访", "回访").encode(), 1, person("guichi.designer"), guichi.now)
    assert "保存了这份草稿" in after(designer.sends(f"{path}/submit", {"revision": "1"}), designer)
    assert "请刷新页面后再操作" in after(designer.sends(f"{path}/submit", {"revision": "٣"}), designer)
    assert approver.sends(f"{path}/discard", {"revision": "2"}).status_code == 403
    for change in ("submit", "approve", "discard", "rebase", "send-back"):
        assert Desk(app, clock, "hainan.approver").sends(f"{path}/{change}", {"revision": "2"}).status_code == 404
    assert state(guichi, draft_id) == "open"
    assert "草稿已作废" in after(designer.sends(f"{path}/discard", {"revision": "2"}), designer)


@pytest.mark.parametrize("source", [SOURCE.replace('topic="escalate"', 'topic="escalat"'), "<bpmn:definitions"])
def test_a_draft_that_cannot_be_deployed_says_why_and_offers_no_submission(source, guichi, designer):
    path = f"/workshop/drafts/{drawn(guichi, source)}"
    page = designer.opens(path)
    assert "不能部署" in words(page) and "错误" in words(page) and "提交审批</button>" not in page.text
    assert "流程图不符合规则" in after(designer.sends(f"{path}/submit", {"revision": "1"}), designer)


def test_a_draft_against_the_law_shows_the_article_its_sentence_and_the_path(guichi, designer):
    longer = SOURCE.replace("working_days(2, since=received_at)", "working_days(3, since=received_at)")
    draft_id = drawn(guichi, longer)
    page = designer.opens(f"/workshop/drafts/{draft_id}")
    assert "违反 GC-2(二)" in words(page) and "diagram-path" in page.text
    assert "问题出在：联系并核实：收到后2个工作日" in words(page)
    assert "应当不长于收到后2个工作日；请改定时事件。" in words(page)
    assert "提交审批</button>" not in page.text
    with designer.browser.session_transaction() as cookie:
        cookie["locale"] = "en"
    assert "no longer than 2 working days, counted from receipt. Change the timer event." in words(
        designer.opens(f"/workshop/drafts/{draft_id}"))


def test_a_draft_whose_system_task_would_stop_a_case_shows_the_way_there_and_no_article(guichi, designer):
    edited = hidden("guichi", "appeal", "correct", "provincial_no", "extra_check == True", whole=True)
    with guichi.app.app_context(), transaction():
        draft_id = drafts.begin("guichi_appeal", person("guichi.designer"), guichi.now, edited.source()).id
    page = designer.opens(f"/workshop/drafts/{draft_id}")
    assert "会停住 走到“记录编号”时" in words(page) and "不能部署" in words(page)
    assert "这样办理就会停住" in words(page) and "diagram-path" in page.text
    assert "提交审批</button>" not in page.text
    refused = designer.sends(f"/workshop/drafts/{draft_id}/submit", {"revision": "1"})
    assert "流程图不符合规则" in after(refused, designer)


def test_a_draft_made_from_an_older_version_is_confirmed_before_it_goes_on(guichi, designer, approver):
    first, second = drawn(guichi), drawn(guichi, SHORTER.replace("满意度回访", "回访"))
    designer.sends(f"/workshop/drafts/{first}/submit", {"revision": "1"})
    approves(approver, f"/workshop/drafts/{first}")
    path = f"/workshop/drafts/{second}"
    assert "依据第 1 版，现行的已经是第 2 版" in words(designer.opens(path))
    assert "已经不是现行版本" in after(designer.sends(f"{path}/submit", {"revision": "1"}), designer)
    assert "以现行版本为依据" in after(designer.sends(f"{path}/rebase", {"revision": "1"}), designer)
    assert "已提交审批" in after(designer.sends(f"{path}/submit", {"revision": "1"}), designer)


def test_one_goes_back_to_an_earlier_version_with_a_reason_once(guichi, designer, approver):
    draft_id = drawn(guichi)
    designer.sends(f"/workshop/drafts/{draft_id}/submit", {"revision": "1"})
    approves(approver, f"/workshop/drafts/{draft_id}")
    (_, _, new), (_, _, old) = deployed(guichi)
    form, path = {"digest": old, "seen": new, "reason": "期限太紧"}, f"/workshop/{PROCESS}/rollback"
    assert "理由" in after(approver.sends(path, form | {"reason": ""}), approver)
    assert designer.sends(path, form).status_code == 403
    assert "没有退回" in after(approver.sends(path, form | {"seen": "0" * 64}), approver)
    assert deployed(guichi)[0][1] is True
    assert "已退回第 1 版" in after(approver.sends(path, form), approver)
    assert "没有需要部署的内容" in after(approver.sends(path, form), approver)
    assert [row[:2] for row in deployed(guichi)] == [(2, False), (1, True)]


def test_the_files_of_a_version_are_downloaded_as_they_were_deployed(guichi, designer):
    digest = deployed(guichi)[0][2]
    answer = designer.opens(f"/workshop/{PROCESS}/versions/{digest}/rectification.bpmn")
    assert "attachment" in answer.headers["Content-Disposition"]
    with guichi.app.app_context():
        assert answer.data == definitions.by_digest(digest).source
    assert designer.opens(f"/workshop/{PROCESS}/versions/{digest}/nothing.bpmn").status_code == 404
    assert designer.opens(f"/workshop/{PROCESS}/versions/{'0' * 64}").status_code == 404


def test_recorded_cases_are_replayed_on_a_draft_when_it_is_asked_for(guichi, designer):
    path = f"/workshop/drafts/{drawn(guichi)}"
    assert "重演了" not in words(designer.opens(path))
    assert "重演了 1 件：0 件相同，0 件走另外的路径，1 个期限不同" in words(designer.opens(path, replay="1"))
