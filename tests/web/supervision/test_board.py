"""The board, its lists, and handing many tasks over from them."""

from __future__ import annotations

import re

import pytest

from caseflow.errors import ConcurrentUpdate
from caseflow.models import Handover, RoleAssignment, User, WorkItem, db, transaction
from caseflow.supervision import reassign
from tests.ground import unit
from tests.journeys.kit import Journey
from tests.web.desk import Desk, words


@pytest.fixture
def journeys(installed, app, clock):
    return [Journey(app, clock, "guichi").bad_review() for _ in range(3)]


@pytest.fixture
def boss(journeys, app, clock):
    return Desk(app, clock, "guichi.dept1.supervisor")


@pytest.fixture
def colleague(journeys, app):
    with app.app_context(), transaction():
        office = unit("guichi", "market_supervision").id
        user = User(username="qian", name="钱同事", password_hash="!", active=True)
        user.roles = [RoleAssignment(role="officer", unit_id=office)]
        db.session.add(user)
        db.session.flush()
        return f"{office}:{user.id}"


def item_ids(journeys):
    with journeys[0].app.app_context():
        return [db.session.query(WorkItem).where(WorkItem.case_id == journey.case_id).one().id for journey in journeys]


def form(ids, target):
    return {"items": ",".join(map(str, ids)), "target": target, "reason": "经办人生病", "note": "材料在柜中",
            "form_token": "t" * 24}


def test_every_figure_of_the_board_links_to_its_list(journeys, boss):
    page = boss.opens("/board")
    assert page.status_code == 200
    links = set(re.findall(r'href="(/board/items\?[^"]*)"', page.text.replace("&amp;", "&")))
    assert {f"/board/items?which={which}" for which in ("late", "today", "soon", "stopped")} <= links
    for link in links:
        assert boss.browser.get(link).status_code == 200
    assert "两个工作日内到期" in words(page)
    assert len(re.findall('name="item"', boss.browser.get("/board/items?which=soon").text)) == 3


@pytest.mark.parametrize(("lead", "recorded"), [
    ("guichi.bureau", False), ("hefei.center", False), ("hainan.service_office", True), ("qijiang.office", True)])
def test_the_list_of_failures_is_offered_where_the_text_has_them_recorded(installed, app, clock, lead, recorded):
    page = Desk(app, clock, f"{lead}.supervisor").opens("/board")
    assert ("责任认定" in words(page)) == recorded


def test_the_board_is_for_supervisors(journeys, app, clock):
    officer = Desk(app, clock, "guichi.dept1.officer")
    assert officer.opens("/board").status_code == 403 and officer.opens("/board/items").status_code == 403
    assert "督办看板" not in words(officer.opens("/work"))


def test_many_are_previewed_moved_read_and_undone(journeys, boss, colleague, app, clock):
    journeys[2].does("first_response", outcome="resolved")
    ids = item_ids(journeys[:2]) + [item_ids_of_done(journeys[2])]
    assert "共 3 项任务" in words(boss.sends("/reassign/", {"item": ids}))
    preview = words(boss.sends("/reassign/preview", form(ids, colleague)))
    assert "可以转办 2 项，不能转办 1 项" in preview and "任务已办结或撤回" in preview
    with app.app_context():
        assert db.session.query(Handover).count() == 0
    answer = boss.sends("/reassign/do", form(ids, colleague))
    result = words(boss.opens(answer.headers["Location"]))
    assert "已转办 2 项（其中 0 项已知悉），共 3 项" in result
    assert boss.opens("/reassign/progress", form="t" * 24).json == {"done": 3, "total": 3}
    assert boss.sends("/reassign/do", form(ids, colleague)).headers["Location"] == answer.headers["Location"]
    successor = Desk(app, clock, "qian")
    assert "材料在柜中" in words(successor.opens(f"/work/{ids[0]}"))
    successor.sends(f"/reassign/acknowledge/{ids[0]}")
    assert "材料在柜中" not in words(successor.opens(f"/work/{ids[0]}"))
    boss.sends(answer.headers["Location"] + "/undo")
    result = words(boss.opens(answer.headers["Location"]))
    assert "已撤销 1 项" in result and "有 1 项已不能撤销" in result
    assert "转办给钱同事" in words(boss.opens(f"/cases/{journeys[0].case().number}"))


def test_where_somebody_was_faster_the_others_of_the_group_go_all_the_same(journeys, boss, colleague, monkeypatch):
    ids, move, tried = item_ids(journeys), reassign.move, []

    def faster(handover_id, work_item_ids, *others):
        moved = move(handover_id, work_item_ids, *others)
        tried.append(work_item_ids)
        if ids[1] in work_item_ids:
            raise ConcurrentUpdate
        return moved

    monkeypatch.setattr(reassign, "move", faster)
    answer = boss.sends("/reassign/do", form(ids, colleague))
    assert tried == [ids, ids[:1], *[ids[1:2]] * 3, ids[2:]]
    page = words(boss.opens(answer.headers["Location"]))
    assert "已转办 2 项" in page and "继续转办剩下的 1 项" in page


def item_ids_of_done(journey):
    with journey.app.app_context():
        return db.session.query(WorkItem).where(
            WorkItem.case_id == journey.case_id, WorkItem.status == "completed").one().id


def test_what_is_missing_is_said_and_what_was_typed_is_kept(journeys, boss, colleague):
    ids = item_ids(journeys)
    assert "请先在列表中勾选" in words(boss.sends("/reassign/", {}))
    nobody = "请选择接收的单位或人员"
    for change, sentence in (({"target": ""}, nobody), ({"target": "1:9999999"}, nobody),
                             ({"reason": ""}, "请写明转办的理由"), ({"items": ""}, "请先在列表中勾选")):
        page = boss.sends("/reassign/preview", form(ids, colleague) | change)
        assert page.status_code == 422 and sentence in words(page), change
        assert boss.sends("/reassign/do", form(ids, colleague) | change).status_code == 422
    assert "材料在柜中" in boss.sends("/reassign/preview", form(ids, colleague) | {"reason": ""}).text


def test_everything_of_a_list_goes_with_one_button(journeys, boss):
    assert "共 3 项任务" in words(boss.sends("/reassign/", {"everything": "1", "which": "soon"}))


def test_a_handover_of_others_is_not_found_and_their_tasks_are_nobodys(journeys, boss, colleague, app, clock):
    answer = boss.sends("/reassign/do", form(item_ids(journeys), colleague))
    stranger = Desk(app, clock, "hefei.center.supervisor")
    for what in ("", "/undo", "/continue"):
        path = answer.headers["Location"] + what
        assert (stranger.sends(path) if what else stranger.opens(path)).status_code == 404
    assert stranger.opens("/reassign/progress", form="t" * 24).json == {"done": 0, "total": 0}
    with app.app_context():
        center = unit("hefei", "center").id
    assert stranger.sends("/reassign/do", form(item_ids(journeys), str(center))).status_code == 404
    assert stranger.sends(f"/reassign/acknowledge/{item_ids(journeys)[0]}").status_code == 404


def test_a_case_is_urged_from_its_page_and_a_doubled_request_is_told(journeys, boss):
    case = journeys[0].case()
    sent = {"kind": "urged", "note": "请今天联系", "seen": str(case.journal_seq)}
    boss.sends(f"/cases/{case.number}/urge", sent)
    assert "催办：请今天联系" in words(boss.opens(f"/cases/{case.number}"))
    boss.sends(f"/cases/{case.number}/urge", sent)
    assert "您办理期间案件已有变化" in words(boss.opens(f"/cases/{case.number}"))
    assert boss.sends(f"/cases/{case.number}/urge", {**sent, "kind": "x"}).status_code == 404
