"""The pages of a suspected breach: who finds them, and that nobody else is told of anything."""

from __future__ import annotations

import pytest

from tests.journeys.kit import Journey
from tests.web.desk import Desk, words

FACTS = "评价人反映，窗口工作人员收取了两百元加急费，没有票据。"


@pytest.fixture
def journey(installed, app, clock):
    return Journey(app, clock, "qijiang").bad_review()


def test_a_report_is_forwarded_and_received_and_the_rated_unit_sees_nothing_of_it(journey, app, clock):
    office, number = Desk(app, clock, "qijiang.office.officer"), journey.case().number
    receiver, rated = Desk(app, clock, "qijiang.discipline.supervisor"), Desk(app, clock, "qijiang.dept1.supervisor")
    case, form = f"/cases/{number}", f"/discipline/cases/{number}"
    before = words(rated.opens(case))
    assert "线索" not in before and rated.opens(form).status_code == 403
    assert f'href="{form}"' in office.opens(case).text and "QJ-20" in words(office.opens(form))
    assert office.sends(form, {"facts": "收钱"}).status_code == 422
    report = office.sends(form, {"facts": FACTS, "form_token": "t" * 24}).location
    assert FACTS in words(receiver.opens(report)) and "线索转送" in words(receiver.opens("/notices"))
    assert number in words(receiver.opens("/discipline")) and receiver.opens(case).status_code == 404
    assert office.sends(report + "/receive").status_code == 302 and "待接收" in words(office.opens(report))
    receiver.sends(report + "/receive")
    assert "待接收" not in words(office.opens(report))
    assert words(rated.opens(case)) == before and rated.opens(report).status_code == 404
    assert "线索转送" not in words(rated.opens("/work")) and FACTS not in words(rated.opens("/discipline"))
    other = Desk(app, clock, "qijiang.office.supervisor")      # of the same office, and did not forward it
    assert other.opens(report).status_code == 404 and "待接收" not in words(other.opens(case))


def test_where_the_text_has_no_such_article_the_page_says_so(installed, app, clock):
    number = Journey(app, clock, "guichi").bad_review().case().number
    boss = Desk(app, clock, "guichi.bureau.supervisor")
    shown = words(boss.opens(f"/cases/{number}"))
    assert "本办法没有规定，不提供转送" in shown and "GC-3(二)" in shown
    assert boss.opens(f"/discipline/cases/{number}").status_code == 403
