"""A fifth regulation needs no line of code: the ledger, the names and the appeal page follow its files."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from flask_babel import force_locale
from openpyxl import load_workbook

from caseflow.law import regulations
from tests import fifth_place
from tests.ground import open_item
from tests.journeys.kit import Journey
from tests.web.desk import Desk, words
from web.words import places, processes

OFFICER, LEAD = f"{fifth_place.KEY}.dept1.officer", f"{fifth_place.KEY}.bureau.supervisor"
STOPS = "同意的时间中止计时，申诉办结或者撤回后接着计算，剩余的时间不变"


@pytest.fixture
def fenghe(installed, app, clock, tmp_path, monkeypatch) -> Journey:
    monkeypatch.setenv("CASEFLOW_BPMN_DIR", str(fifth_place.build(tmp_path)))
    return Journey(app, clock, fifth_place.KEY).bad_review()


def exported(journey) -> dict[str, object]:
    """The row of the only case in the spreadsheet of the ledger, by heading."""
    answer = Desk(journey.app, journey.clock, LEAD).opens("/ledger/export.xlsx")
    headings, row = load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True)
    return dict(zip(headings, row, strict=True))


def test_the_ledger_of_a_fifth_place_is_filled_by_its_own_milestones(fenghe):
    fenghe.does("first_call", outcome="simple").time_passes(hours=2)
    fenghe.does("mend").time_passes(hours=1)
    fenghe.does("call_back", heard="content").closed_as("closed_content")
    row = exported(fenghe)
    assert {key: str(row[key]) for key in ("地区", "首次联系时间", "首次联系期限", "整改完成时间", "回访结果")} == {
        "地区": "枫河", "首次联系时间": "2026-03-02 09:00:00", "首次联系期限": "2026-03-04 23:59:59",
        "整改完成时间": "2026-03-02 11:00:00", "回访结果": "称心"}
    page = words(Desk(fenghe.app, fenghe.clock, LEAD).opens("/ledger/"))
    assert "2026-03-02 11:00" in page and "称心" in page


def test_a_complex_matter_of_a_fifth_place_stands_with_its_plan(fenghe):
    fenghe.does("first_call", outcome="complex").does("open_book", plan="逐户核对。")
    row = exported(fenghe)
    assert (row["复杂事项"], row["整改计划"], str(row["整改期限"])) == ("是", "逐户核对。", "2026-03-23 23:59:59")


def test_what_a_fifth_place_resolves_on_the_spot_is_handled_then(fenghe):
    fenghe.does("first_call", outcome="resolved").time_passes(hours=2)
    assert str(exported(fenghe)["整改完成时间"]) == "2026-03-02 09:00:00"


def test_a_fifth_place_is_called_by_its_short_name_in_the_language_of_the_reader(fenghe):
    with fenghe.app.test_request_context():
        for locale, name in (("zh", "枫河"), ("en", "Fenghe")):
            with force_locale(locale):
                assert places.place(fifth_place.KEY) == name
                assert processes.title_of(f"{fifth_place.KEY}_rectification").startswith(f"{name} · ")
        assert places.place("nowhere") == "nowhere"


def test_the_appeal_pages_of_a_fifth_place_say_that_its_clock_stops(fenghe):
    desk = Desk(fenghe.app, fenghe.clock, OFFICER)
    page = words(desk.opens(f"/appeals/ratings/{fenghe.case().rating_id}"))
    assert STOPS in page and "期限继续计算" not in page
    fenghe.does("first_call", outcome="simple")
    appeal = fenghe.appeal(OFFICER)
    with fenghe.app.app_context():
        assert open_item(fenghe.case_id).clock_stopped
    location = "/appeals/1"
    assert STOPS in words(desk.opens(location))
    appeal.withdrawn(OFFICER)
    assert STOPS not in words(desk.opens(location))


def test_what_a_rating_led_to_is_told_in_the_words_of_the_diagram(fenghe):
    fenghe.does("first_call", outcome="resolved").does("call_back", heard="content")
    staff = Desk(fenghe.app, fenghe.clock, f"{fifth_place.KEY}.dept1.staff")
    assert "已办结：满意" in words(staff.opens("/appeals/")) and "closed_content" not in staff.opens("/appeals/").text


def test_a_place_whose_text_knows_no_revisit_is_not_asked_for_one(fenghe):
    file = regulations.folder() / fifth_place.KEY / "regulation.toml"
    text = file.read_text(encoding="utf-8")
    assert 'tasks = ["call_back"]\nresult = "heard"' in text
    file.write_text(re.sub(r'tasks = \["call_back"\]\nresult.*\n', "tasks = []\n", text), encoding="utf-8")
    regulations._load.cache_clear()
    fenghe.does("first_call", outcome="simple").does("mend").does("call_back", heard="discontent")
    fenghe.closed_as("closed_unsatisfied")
    assert exported(fenghe)["回访结果"] is None
