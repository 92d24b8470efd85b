"""Trying a draft out on the screen: the run, its refusals, what is kept of it, and who may."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import select

from caseflow.law import regulations
from caseflow.models import JournalEntry, KeptScenario, TrialRun, db, transaction
from caseflow.trials import scenario_file
from caseflow.workshop import drafts, verification
from tests.ground import person
from tests.web.desk import Desk, words

pytestmark = pytest.mark.usefixtures("with_powers")

PROCESS = "guichi_rectification"
SOURCE = regulations.files("guichi")["rectification.bpmn"]
START = {"act": "start", "at": "2026-03-02T09:00", "level": "dissatisfied", "real_name": "yes",
         "business_level": "district"}
FIRST = {"f-outcome": "simple", "f-contact_channel": "phone", "f-findings": "已核实，情况属实。"}


class Bench:
    """Somebody in front of a draft that they try out."""

    def __init__(self, app, clock, source: bytes, username: str = "guichi.designer") -> None:
        with app.app_context(), transaction():
            self.draft_id = drafts.begin(PROCESS, person("guichi.designer"), clock(), source).id
        self.app, self.clock, self.address = app, clock, f"/workshop/drafts/{self.draft_id}/try"
        self.desk = Desk(app, clock, username)

    def page(self, **query: str) -> str:
        return words(self.desk.opens(self.address, **query))

    def does(self, **fields: object):
        """One act, on as many as there are; the answer."""
        step = self.desk.opens(self.address).text.rpartition('name="step" value="')[2].partition('"')[0]
        return self.desk.sends(self.address, {"step": step, **fields})

    def then(self, answer) -> str:
        assert answer.status_code == 302, words(answer)
        return words(self.desk.browser.get(answer.location))

    def task(self) -> str:
        return self.desk.opens(self.address).text.rpartition('name="task" value="')[2].partition('"')[0]

    def reaches(self) -> None:
        """The rater, by telephone."""
        self.does(act="attempt", channel="telephone", result="reached")

    def completes(self, **fields: object):
        return self.does(act="complete", task=self.task(), **fields)


@pytest.fixture
def bench(installed, app, clock) -> Bench:
    return Bench(app, clock, SOURCE)


def test_a_run_goes_on_act_by_act_and_back_and_writes_no_case(bench):
    assert "开始试办" in bench.page()
    page = bench.then(bench.does(**START))
    assert "模拟时间 2026-03-02 09:00" in page and "联系并核实" in page
    assert "跳到下一个期限：联系并核实：收到后2个工作日（2026-03-04 24:00）" in page
    assert "期限“收到后2个工作日”：自收到评价起 2 个工作日，至 2026-03-04 24:00" in page
    page = bench.then(bench.does(act="deadline"))
    assert "模拟时间 2026-03-05 00:00" in page and "期限“收到后2个工作日”已到" in page and "逾期原因" in page
    bench.reaches()
    late = bench.completes(**FIRST)
    assert late.status_code == 422 and "2 到 200 个字说明逾期原因" in words(late)
    page = bench.then(bench.completes(late_reason="等待材料", **FIRST))
    assert "整改并反馈" in page and "完成“联系并核实”（已逾期，原因：等待材料）" in page
    page = bench.then(bench.does(act="message", message="appeal_upheld"))
    assert "案件办结：评价不予采纳" in page
    page = bench.then(bench.does(act="back"))
    assert "已办 4 步" in page and "案件办结" not in page
    assert "开始试办" in bench.then(bench.does(act="restart"))
    with bench.app.app_context():
        assert db.session.scalar(select(TrialRun)) is None


def test_a_form_is_refused_as_the_officers_own_and_a_stale_one_changes_nothing(bench):
    bench.does(**START)
    refused = bench.completes(**{"f-outcome": "simple", "f-findings": "属实。"})
    assert refused.status_code == 422 and "请选择“联系方式" in words(refused)
    stale = bench.desk.sends(bench.address, {"act": "deadline", "step": "7"})
    assert "试办已经走到别的地方" in bench.then(stale) and "已办 1 步" in bench.page()
    assert "等待的时间应为 1 至 400" in bench.then(bench.does(act="wait", amount="0", unit="hour"))
    assert "2026-03-02 12:00" in bench.then(bench.does(act="wait", amount="3", unit="hour"))
    assert "这个身份现在没有任务" in bench.page(post="bureau.officer")


def test_a_run_is_kept_as_a_scenario_that_every_later_check_plays(bench):
    bench.does(**START)
    bench.reaches()
    bench.completes(**FIRST)
    page = bench.then(bench.desk.sends(f"{bench.address}/keep", {"name": "联系后等整改"}))
    assert "已存为场景“联系后等整改”" in page and "随本草稿保存" in page
    text = bench.desk.opens(f"{bench.address}/scenarios/rectification_kept_1.toml").text
    kept = scenario_file.parse(text, "rectification_kept_1")
    assert (kept.expect.outcome, kept.expect.tasks) == ("open", ("first_response", "rectify"))
    with bench.app.app_context():
        longer = SOURCE.replace(b"working_days(2, since", b"working_days(3, since")
        found = verification.examine("guichi", PROCESS, longer, bench.draft_id)
        failed = {result.key for result in found.scenarios if not result.passed}
        assert failed >= {"rectification_kept_1", "rectification_simple"} and found.blocks
        assert "rectification_kept_1" not in {
            result.key for result in verification.examine("guichi", PROCESS, longer).scenarios}
        told = db.session.scalars(select(JournalEntry).where(JournalEntry.kind == "scenario_kept")).one()
        assert json.loads(told.details)["scenario"] == "rectification_kept_1"
    bench.desk.sends(f"{bench.address}/scenarios/rectification_simple/open")
    assert "已办 7 步" in bench.page() and "案件办结：满意" in bench.page()
    assert "请给场景起个名字" in bench.then(bench.desk.sends(f"{bench.address}/keep", {"name": " "}))
    assert "已从草稿中删去" in bench.then(bench.desk.sends(f"{bench.address}/scenarios/rectification_kept_1/drop"))
    with bench.app.app_context():
        assert db.session.scalar(select(KeptScenario)) is None


def test_a_scenario_of_the_draft_stands_in_place_of_the_file(installed, app, clock):
    """Complex problems go straight to the revisit: what the file expects no longer holds, until it is kept anew."""
    swapped = SOURCE.replace(b"outcome == 'complex'", b"outcome == '?'").replace(
        b"outcome == 'resolved'", b"outcome == 'complex'").replace(b"outcome == '?'", b"outcome == 'resolved'")
    bench = Bench(app, clock, swapped)
    assert "没有通过" in bench.page()
    bench.desk.sends(f"{bench.address}/scenarios/rectification_complex/open")
    bench.does(act="restart")
    bench.does(**START)
    bench.reaches()
    bench.completes(**FIRST | {"f-outcome": "complex"})
    assert "满意度回访" in bench.page()
    kept = bench.desk.sends(f"{bench.address}/keep", {"name": "复杂事项", "in_place_of": "rectification_complex"})
    assert "已存为场景" in bench.then(kept)
    with app.app_context():
        results = {result.key: result.passed for result in verification.examine(
            "guichi", PROCESS, drafts.find(bench.draft_id, person("guichi.designer")).source,
            bench.draft_id).scenarios}
        assert results["rectification_complex"] and not results["rectification_on_the_spot"]


def test_a_run_ends_where_the_draft_was_changed_and_an_unreadable_draft_says_why(bench):
    bench.does(**START)
    bench.reaches()
    bench.completes(**FIRST)
    for source, told in ((SOURCE.replace(b'id="findings" label', b'id="facts" label'), "只能走到第 2 步"),
                         (b"<nonsense/>", "这份草稿现在还不能试办")):
        with bench.app.app_context(), transaction():
            draft = drafts.find(bench.draft_id, person("guichi.designer"))
            drafts.save(draft.id, source, draft.revision, person("guichi.designer"), bench.clock())
        assert told in bench.page()


def test_approvers_try_auditors_look_and_others_find_nothing(installed, app, clock):
    bench = Bench(app, clock, SOURCE)
    approver, auditor = Desk(app, clock, "guichi.approver"), Desk(app, clock, "guichi.auditor")
    assert approver.sends(bench.address, {**START, "step": "0"}).status_code == 302
    assert "已办 1 步" in words(approver.opens(bench.address))
    assert approver.sends(f"{bench.address}/keep", {"name": "x"}).status_code == 403
    page = words(auditor.opens(bench.address))
    assert "元素 39/39，连线 33/33" in page and "开始试办" not in page
    assert auditor.sends(bench.address, {**START, "step": "0"}).status_code == 403
    for stranger in ("hainan.designer", "guichi.dept1.officer"):
        assert Desk(app, clock, stranger).opens(bench.address).status_code == 404


def test_the_clock_is_stopped_and_runs_again_with_what_was_left(bench):
    bench.does(**START)
    assert "中止的类别" not in bench.page()                 # of the first contact the limit is the statute's alone
    assert "首次联系评价人的期限只依条文" in bench.then(bench.does(
        act="stop", category="force_majeure", reason="大雪封路。"))
    bench.reaches()
    bench.completes(**FIRST)
    assert "请用 2 到 200 个字写明理由" in bench.then(bench.does(act="stop", category="force_majeure", reason=" "))
    page = bench.then(bench.does(act="stop", category="force_majeure", reason="大雪封路。"))
    assert "中止计时，理由：大雪封路。" in page and "2026-03-09 24:00 中止计时中" in page and "跳到下一个期限" in page
    bench.does(act="wait", amount="7", unit="day")
    page = bench.page()
    assert "中止计时中" in page and "今天到期" in page
    page = bench.then(bench.does(act="resume", reason="道路已通。"))
    assert "恢复计时，同意延至 2026-03-16 24:00，理由：道路已通。" in page and "逾期" in page
    assert "这个案件没有中止计时" in bench.then(bench.does(act="resume", reason="道路已通。"))
    assert {"系统", "牵头单位"} <= _who(bench)
    bench.desk.sends("/language", {"locale": "en", "next": bench.address})
    assert {"System", "Lead office"} <= _who(bench) and not {"系统", "牵头单位"} & _who(bench)


def test_a_rater_who_left_a_number_is_unreachable_only_after_the_logged_attempts(bench):
    bench.does(**START, phone="yes")
    bench.reaches()
    bench.does(act="wait", amount="1", unit="hour")
    bench.completes(**{"f-outcome": "resolved", "f-findings": "情况属实。", "f-feedback_channel": "phone",
                       "f-measures": "当场补办。"})
    page = bench.page()
    assert "本环节已记录 0 次未联系上" in page and "联系不上" not in _choices(bench, "revisit_result")
    assert "请选择联系结果" in bench.then(bench.does(act="attempt", channel="telephone", result=""))
    assert "说明最多 500 个字" in bench.then(bench.does(
        act="attempt", channel="telephone", result="reached", note="长" * 501))
    for hours in ("1", "1", "24"):
        bench.does(act="wait", amount=hours, unit="hour")
        page = bench.then(bench.does(act="attempt", channel="telephone", result="no_answer"))
    assert "联系评价人（电话，2026-03-03 12:00）：无人接听或未回复" in page
    assert "已记录 3 次未联系上（分在 2 天）" in page and "联系不上" in _choices(bench, "revisit_result")


def _who(bench: Bench) -> set[str]:
    """Who did something, by the journal of the run."""
    return set(re.findall(r'<span class="who">([^<]*)</span>', bench.desk.opens(bench.address).text))


def _choices(bench: Bench, field: str) -> str:
    """The words from which a field of the open form offers to choose."""
    page = bench.desk.opens(bench.address).text
    return page.partition(f'name="f-{field}"')[2].partition("</fieldset>")[0].partition("</select>")[0]
