"""The page of a task that another person has to do: what it says to whom, and how somebody stands in."""

from __future__ import annotations

import pytest

from tests.ground import open_item
from tests.journeys.kit import Journey
from tests.web.desk import Desk, words


@pytest.fixture
def tracking(installed, app, clock):
    """The lead office handled and revisited a rating of its own, and is to track it; the page of that task."""
    case = Journey(app, clock, "qijiang").bad_review(orgcode="11500222MB000091").does("assign")
    case.does("first_response", outcome="resolved", resolution="ruled").does("revisit", revisit_result="satisfied")
    with app.app_context():
        return f"/work/{open_item(case.case_id).id}"


def test_who_did_the_other_task_reads_why_and_who_can(tracking, app, clock):
    officer = Desk(app, clock, "qijiang.office.officer")
    page = officer.opens(tracking)
    assert "您办理过本案的“回访并反馈”，依 QJ-14 应由另一人办理" in words(page)
    assert "由区政务服务管理办公室的督办人员办理" in words(page) and 'name="f-track_result"' not in page.text
    assert tracking not in officer.opens("/work").text
    officer.sends(tracking + "/claim")
    assert "应由另一人办理" in words(officer.opens(tracking))
    refused = officer.sends(tracking, {"f-track_result": "confirmed", "form_token": "t" * 24})
    assert refused.status_code == 403 and "这项任务应由另一人办理" in words(refused)


def test_who_stands_in_takes_the_task_first_and_the_case_tells_it(tracking, app, clock):
    boss = Desk(app, clock, "qijiang.office.supervisor")
    assert tracking in boss.opens("/work").text
    before = boss.opens(tracking)
    assert "依 QJ-14 由您代为办理" in words(before) and 'name="f-track_result"' not in before.text
    assert boss.sends(tracking + "/claim").status_code == 302
    after = boss.opens(tracking)
    assert 'name="f-track_result"' in after.text and "代为签收“跟踪回访”" in words(after)
