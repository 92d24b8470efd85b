"""Pages after a case was moved to another version of its process, and what the audit reads about versions."""

from __future__ import annotations

from caseflow.cases.effects.registry import TOPICS
from caseflow.engine import definition as engine
from caseflow.law import regulations
from caseflow.models import transaction
from caseflow.people.permissions import SYSTEM
from caseflow.processes import deployed
from caseflow.workshop import deployment, drafts, migration
from tests.ground import person
from tests.journeys.kit import Journey
from tests.web.desk import Desk, words

PROCESS = "guichi_rectification"


def test_a_moved_case_speaks_of_the_steps_it_passed_under_the_former_version(app, installed, clock):
    case = Journey(app, clock, "guichi").bad_review().does("first_response", outcome="complex").does("open_ledger")
    text = regulations.files("guichi")["rectification.bpmn"]
    text = text.replace(b"open_ledger", b"begin_ledger").replace("建立台账".encode(), "登记入册".encode())
    with app.app_context(), transaction():
        process = engine.load({"rectification.bpmn": text}, trusted=True, topics=TOPICS)
        digest = deployment.put(process, "guichi", clock(), SYSTEM).digest
        migration.migrate(case.case_id, digest, {}, SYSTEM, clock())
    desk = Desk(app, clock, "guichi.dept1.officer")
    page = desk.opens(f"/cases/{case.case().number}")
    assert page.status_code == 200
    assert "完成“建立台账”" in words(page) and "改按流程第 2 版办理（原为第 1 版）" in words(page)


def test_the_audit_reads_what_was_done_with_drafts_and_versions(app, installed, clock):
    with app.app_context(), transaction():
        designer, approver = person("guichi.designer"), person("guichi.approver")
        source = deployed.current("guichi", "rectification").source
        draft = drafts.begin(PROCESS, designer, clock(), source.replace("办结：满意".encode(), "满意".encode())).id
        drafts.submit(draft, 1, designer, clock())
        drafts.send_back(draft, "请写明依据", approver, clock())
        drafts.submit(draft, 1, designer, clock())
        drafts.approve(draft, 1, approver, clock())
        first = deployed.versions(PROCESS)[1].digest
        deployment.rollback(PROCESS, first, "先用旧版", approver, clock())
    page = words(Desk(app, clock, "guichi.auditor").opens("/admin/journal"))
    name = "贵池 · 差评整改"
    for said in (f"新建流程草稿 {draft}：{name}", f"退回流程草稿 {draft}：{name}", "理由：请写明依据",
                 f"批准流程草稿 {draft}：{name}", f"部署流程 {name}（第 2 版）", f"流程 {name} 回到第 1 版",
                 "理由：先用旧版"):
        assert said in page, said
