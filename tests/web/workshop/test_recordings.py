"""Recordings that a lawful edit changes: told apart, recorded anew in one step, shown to whoever approves."""

from __future__ import annotations

import re

import pytest

from caseflow.models import KeptScenario, db, transaction
from caseflow.workshop import drafts, kept_trials
from tests.edited_forms import ASKING, LONGER, PROCESS, SOURCE, UNLAWFUL
from tests.ground import newcomer, person, unit
from tests.web.desk import Desk, words

OTHER_END = """
name = "等待回访"
process = "rectification"
acts = [{ do = "start", at = 2026-03-02 09:00:00 }]
expect = { outcome = "closed_resolved", tasks = ["first_response", "revisit"] }
"""


class Draft:
    """A draft with its pages."""

    def __init__(self, app, clock, source: str) -> None:
        self.app, self.clock = app, clock
        with app.app_context(), transaction():
            self.id = drafts.begin(PROCESS, person("guichi.designer"), clock(), source.encode()).id
        self.address = f"/workshop/drafts/{self.id}"
        self.designer, self.approver = (Desk(app, clock, f"guichi.{who}") for who in ("designer", "approver"))

    def keeps(self, key: str, text: str) -> None:
        with self.app.app_context(), transaction():
            db.session.add(KeptScenario(draft_id=self.id, key=key, text=text, kept_at=self.clock(),
                                        kept_by_id=person("guichi.designer").user_id))

    def fields(self, desk: Desk) -> dict[str, str]:
        """What the forms of the page send along."""
        page = desk.opens(self.address).text
        return {name: re.search(f'name="{name}" value="([^"]*)"', page)[1] for name in ("revision", "scenarios")}

    def sends(self, desk: Desk, what: str, **fields: str) -> str:
        """The page that follows; what the form sends along is as it is now where nothing else is said."""
        answer = desk.sends(f"{self.address}/{what}", {**self.fields(desk), **fields})
        assert answer.status_code == 302, words(answer)
        return words(desk.browser.get(answer.location))

    def stored(self) -> list[str]:
        with self.app.app_context():
            return [row.key for row in db.session.query(KeptScenario)]


@pytest.fixture
def begun(installed, app, clock):
    return lambda source: Draft(app, clock, source)


def test_from_a_harmless_edit_to_an_approval_that_has_seen_old_and_new(begun):
    draft = begun(LONGER)
    page = words(draft.designer.opens(draft.address))
    assert "改动 8 个场景的记录" in page and "不能部署" not in page and "错误" not in page
    assert "办理“联系并核实”：核实情况，原来 “情况属实。”，现在 “情况属实。情况属实。”" in page
    assert "提交审批" not in page.partition("状态")[2].partition("检查")[0].replace("就能提交审批", "")
    page = draft.sends(draft.designer, "record")
    assert "已重新记录 8 个场景。审批人会看到前后的记录。" in page and "可以部署" in page
    assert "这份草稿改动 8 个场景" in page and "场景：8 / 8 通过" in page
    assert "已提交审批" in draft.sends(draft.designer, "submit")
    seen = words(draft.approver.opens(draft.address))
    for told in ("重录 简单事项，按时办结，评价人满意 GC-2(二)", "原来的记录", "现在的记录",
                 "核实情况，原来 “情况属实。”，现在 “情况属实。情况属实。”"):
        assert told in seen
    name = re.search(r"GC-2\(二\) · (\S+) · ", seen)[1]
    with draft.app.app_context():
        assert name == person("guichi.designer").name
    assert "已批准并部署" in draft.sends(draft.approver, "approve")


def test_a_version_lists_the_scenarios_it_was_deployed_with(begun):
    draft = begun(SOURCE.replace("working_days(2, since=received_at)", "working_days(1, since=received_at)"))
    draft.keeps("rectification_kept_1", OTHER_END.replace("closed_resolved", "open").replace(', "revisit"', ""))
    draft.keeps("rectification_complex", "")
    draft.sends(draft.designer, "submit")
    page = draft.sends(draft.approver, "approve")
    assert "已批准并部署" in page and "去掉 复杂事项" in page
    version = draft.approver.opens(re.search(r'href="([^"]*)">查看该版本', draft.approver.opens(draft.address).text)[1])
    assert "部署时的 8 个场景" in words(version) and "等待回访" in words(version)
    assert "复杂事项，先建台账" not in words(version) and "简单事项，按时办结，评价人满意 GC-2(二)" in words(version)


def test_a_breach_is_told_as_before_and_nothing_is_recorded(begun):
    draft = begun(UNLAWFUL)
    page = words(draft.designer.opens(draft.address))
    assert "不能部署" in page and "个场景的记录" not in page
    assert "流程图不符合规则" in draft.sends(draft.designer, "record") and draft.stored() == []


def test_a_new_choice_is_asked_in_one_form(begun):
    draft = begun(ASKING)
    page = draft.designer.opens(draft.address)
    assert "“联系并核实”的“事项类别”（所有要重新记录的场景）" in words(page)
    assert page.text.count('name="q-all.first_response.matter"') == 1
    told = draft.sends(draft.designer, "record")
    assert "还有没有回答的问题，没有记录任何场景" in told and draft.stored() == []
    told = draft.sends(draft.designer, "record", **{"q-all.first_response.matter": "online"})
    assert "已重新记录 8 个场景" in told and "事项类别，原来 没有，现在 “网上”" in told


def test_another_way_is_recorded_by_hand_and_says_which_and_why(begun):
    draft = begun(LONGER)
    draft.keeps("rectification_kept_1", OTHER_END)
    draft.keeps("rectification_kept_2", "name =")
    page = words(draft.designer.opens(draft.address))
    assert "改动 10 个场景的记录" in page and "重新记录这 8 个场景" in page
    assert "手工 等待回访 走的环节或者结果不一样" in page
    assert "应以 满意 结束，实际没有办结。" in page and "到试办页重录“等待回访”" in page
    assert "场景文件读不了" in page and "删去“rectification_kept_2”" in page
    told = draft.sends(draft.designer, "record")
    assert "已重新记录 8 个场景" in told and "还有 2 个要人工重录。" in told and "改动 2 个场景的记录" in told
    assert "没有可以自动重新记录的场景" in draft.sends(draft.designer, "record")
    opened = draft.designer.sends(f"{draft.address}/try/scenarios/rectification_kept_1/open")
    assert "已办 1 步" in words(draft.designer.browser.get(opened.location))
    page = words(draft.designer.opens(f"{draft.address}/try"))
    assert "任务应依次有 联系并核实 → 满意度回访，实际 联系并核实。" in page
    draft.designer.sends(f"{draft.address}/try/scenarios/rectification_kept_2/drop")
    assert "改动 1 个场景的记录" in words(draft.designer.opens(draft.address))


def test_an_old_page_a_second_time_and_a_second_designer_change_nothing(begun):
    draft = begun(LONGER)
    old = draft.fields(draft.designer)
    draft.sends(draft.designer, "record")
    before = draft.stored()
    assert "场景在您打开页面以后有改动" in draft.sends(draft.designer, "record", **old)
    assert "没有可以自动重新记录的场景" in draft.sends(draft.designer, "record")
    with draft.app.app_context(), transaction():
        newcomer("second", ("designer", unit("guichi", "bureau").id))
    second = Desk(draft.app, draft.clock, "second")
    assert "场景在您打开页面以后有改动" in draft.sends(second, "record", **old)
    with draft.app.app_context(), transaction():
        renamed = LONGER.replace("满意度回访", "回访").encode()
        drafts.save(draft.id, renamed, 1, person("guichi.designer"), draft.clock())
    assert "保存了这份草稿" in draft.sends(draft.designer, "record", revision="1")
    for wrong in ({"revision": ""}, {"revision": "٣"}, {"revision": "9" * 20}):
        assert "请刷新页面后再操作" in draft.sends(draft.designer, "record", **wrong)
    assert draft.stored() == before


def test_a_draft_that_was_withdrawn_others_and_a_login_that_has_ended(begun, app):
    draft = begun(LONGER)
    fields = draft.fields(draft.designer)
    assert draft.approver.sends(f"{draft.address}/record", fields).status_code == 403
    assert Desk(app, draft.clock, "hainan.designer").sends(f"{draft.address}/record", fields).status_code == 404
    ended = app.test_client().post(f"{draft.address}/record", data=fields)
    assert ended.status_code == 302 and "/login" in ended.location
    draft.sends(draft.designer, "discard")
    answer = draft.designer.sends(f"{draft.address}/record", fields)
    assert "这份草稿已经作废" in words(draft.designer.browser.get(answer.location))
    page = words(draft.designer.opens(draft.address))
    assert draft.stored() == [] and "个场景的记录" not in page and "场景“简单事项，按时办结，评价人满意”" in page


def test_more_scenarios_than_a_draft_may_have_are_refused_and_none_is_recorded(begun, monkeypatch):
    monkeypatch.setattr(kept_trials, "MOST_KEPT", 3)
    draft = begun(LONGER)
    assert "一份草稿最多保存 3 个场景" in draft.sends(draft.designer, "record") and draft.stored() == []


def test_an_approval_for_other_scenarios_than_were_seen_is_refused(begun):
    draft = begun(LONGER)
    draft.sends(draft.designer, "record")
    draft.sends(draft.designer, "submit")
    old = draft.fields(draft.approver)
    draft.sends(draft.approver, "send-back", reason="请再看一遍")
    draft.designer.sends(f"{draft.address}/try/scenarios/rectification_complex/leave-out")
    draft.sends(draft.designer, "submit")
    assert "场景在您打开页面以后有改动" in draft.sends(draft.approver, "approve", **old)
    assert "场景在您打开页面以后有改动" in draft.sends(draft.approver, "approve", scenarios="")
    page = words(draft.approver.opens(draft.address))
    assert "去掉 复杂事项" in page and "去掉了，以后不再检查。" in page
    assert "已批准并部署" in draft.sends(draft.approver, "approve")


def test_a_scenario_that_was_left_out_is_shown_and_brought_back_on_the_page_of_the_tryout(begun):
    draft = begun(SOURCE)
    address = f"{draft.address}/try/scenarios/rectification_simple"
    left = draft.designer.sends(f"{address}/leave-out")
    page = words(draft.designer.browser.get(left.location))
    assert "已去掉这个场景" in page and "已随本草稿去掉，不再检查" in page
    assert draft.approver.sends(f"{address}/leave-out").status_code == 403
    back = draft.designer.sends(f"{address}/drop")
    assert "不再检查" not in words(draft.designer.browser.get(back.location)) and draft.stored() == []


def test_the_designers_page_says_that_recordings_change_and_not_that_it_is_wrong(begun):
    draft = begun(SOURCE)
    told = draft.designer.browser.post(f"{draft.address}/findings", data=LONGER.encode()).json
    assert (told["blocks"], told["recordings"], told["findings"], told["rules"]) == (False, 8, [], [])
    told = draft.designer.browser.post(f"{draft.address}/findings", data=UNLAWFUL.encode()).json
    assert told["blocks"] and told["recordings"] == 0 and told["rules"]
