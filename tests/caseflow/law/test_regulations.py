"""regulation.toml is read strictly, and the right regulation is found for an area and a day."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from caseflow.errors import ConfigurationError, RegulationExpired, RegulationNotFound
from caseflow.law import regulations
from tests.source import ROOT


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A copy of bpmn/ that a test may spoil."""
    copy = shutil.copytree(ROOT / "bpmn", tmp_path / "bpmn")
    monkeypatch.setenv("CASEFLOW_BPMN_DIR", str(copy))
    return copy


def _spoil(folder: Path, place: str, old: str, new: str) -> None:
    file = folder / place / "regulation.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_four_regulations_are_there():
    assert list(regulations.all_regulations()) == ["guichi", "hainan", "hefei", "qijiang"]
    assert regulations.get("guichi").document_no == "贵四最办〔2020〕5号"


def test_values_cannot_be_changed():
    regulation = regulations.get("hainan")
    with pytest.raises(TypeError):
        regulation.units["another"] = regulation.units["platform"]
    with pytest.raises(AttributeError):
        regulation.lead = "another"


def test_a_file_is_read_once():
    assert regulations.get("hefei") is regulations.get("hefei")


@pytest.mark.parametrize("area,key", [
    ("341702000000", "guichi"), ("341702", "guichi"), ("340100000000", "hefei"), ("500110000000", "qijiang"),
    ("460000000000", "hainan"), ("460107000000", "hainan")])
def test_an_area_finds_its_regulation(area, key):
    assert regulations.for_area(area, date(2026, 11, 21)).key == key


@pytest.mark.parametrize("area", ["999999000000", "110000", "34", ""])
def test_another_area_finds_none(area):
    with pytest.raises(RegulationNotFound):
        regulations.for_area(area, date(2026, 11, 21))


def test_the_longest_prefix_wins(folder):
    _spoil(folder, "guichi", 'areas = ["341702"]', 'areas = ["341702", "4601"]')
    assert regulations.for_area("460107000000", date(2026, 1, 1)).key == "guichi"
    assert regulations.for_area("469000000000", date(2026, 1, 1)).key == "hainan"


def test_a_regulation_does_not_apply_before_it_is_in_force():
    with pytest.raises(RegulationNotFound):
        regulations.for_area("341702000000", date(2020, 7, 2))
    assert regulations.for_area("341702000000", date(2020, 7, 3)).key == "guichi"


def test_hefei_goes_on_after_its_two_years_because_its_data_say_so():
    regulation = regulations.get("hefei")  # HF-18
    assert (regulation.valid_from, regulation.valid_to) == (date(2021, 7, 8), date(2023, 7, 7))
    assert regulations.for_area("340100000000", date(2026, 1, 1)) is regulation


def test_a_regulation_that_refuses_is_expired_the_day_after(folder):
    _spoil(folder, "hefei", 'after_expiry = "continue"', 'after_expiry = "refuse"')
    assert regulations.for_area("340100000000", date(2023, 7, 7)).key == "hefei"
    with pytest.raises(RegulationExpired):
        regulations.for_area("340100000000", date(2023, 7, 8))


def test_the_default_rating_is_the_one_each_text_names():
    levels = {key: r.default_rating and (r.default_rating.level, r.default_rating.working_days)
              for key, r in regulations.all_regulations().items()}
    assert levels == {"hefei": ("satisfied", 5), "hainan": ("basically_satisfied", 5), "qijiang": None, "guichi": None}


def test_every_article_that_is_cited_is_quoted():
    for regulation in regulations.all_regulations().values():
        cited = {parameter.article for parameter in regulation.parameters.values()}
        cited |= {fact.article for fact in [regulation.default_rating, regulation.waiting] if fact}
        cited |= {regulation.appeal.article, regulation.supervision.refusal.article}
        cited |= {regulation.supervision.discipline.article, regulation.supervision.references.article}
        cited |= {regulation.supervision.duplicates.article, regulation.supervision.improvements.article}
        assert cited <= set(regulation.articles), regulation.key


def test_the_diagram_files_come_with_it():
    assert list(regulations.files("qijiang")) == ["appeal.bpmn", "rectification.bpmn"]
    assert list(regulations.files("hefei")) == ["rectification.bpmn"]
    with pytest.raises(RegulationNotFound):
        regulations.files("nowhere")


@pytest.mark.parametrize("old,new,key", [
    ("else=government.supervisor)", "else=buro.supervisor)", "rules"),
    ("else=government.supervisor)", "else=government.officer)", "rules"),
    ("else=government.supervisor)", "else=bureau.reviewer)", "rules"),
    ('name = "贵池区完善', 'nam = "贵池区完善', "name"),
    ('lead = "bureau"', 'lead = "buro"', "lead"),
    ("issued = 2020-07-03", 'issued = "2020-07-03"', "issued"),
    ('calendar = "guichi"', 'calendar = ""', "calendar"),
    ('areas = ["341702"]', "areas = []", "areas"),
    ('areas = ["341702"]', 'areas = ["34170x"]', "areas"),
    ("valid_from = 2020-07-03", "valid_from = 2020-07-03\nvalid_to = 2020-07-02", "valid_to"),
    ("valid_from = 2020-07-03", "valid_from = 2020-07-03\nvalid_to = 2022-07-02", "after_expiry"),
    ("valid_from = 2020-07-03", "valid_from = 2020-07-03\nlevel = 3", "level"),
    ('"GC-{year}-{number:06d}"', '"GC-{jahr}"', "number_format"),
    ('"GC-{year}-{number:06d}"', '"GC-{year}"', "number_format"),
    ('parent = "government"', 'parent = "goverment"', "units.bureau.parent"),
    ('level = "district"', 'level = "shire"', "units.government.level"),
    ('area_code = "341702000000"', 'area_code = "341702"', "units.government.area_code"),
    ('code = "11341702MB000091"', 'code = "11341702MB000090"', "units.bureau.code"),
    ('article = "GC-2(三)"', 'article = "第二条"', "appeal.article"),
    ("available = true", 'available = "yes"', "appeal.available"),
    ("available = true", "available = false", "appeal.who"),
    ('clock = "continues"', 'clock = "pauses"', "appeal.clock"),
    ('parties = ["department"]', 'parties = ["anybody"]', "appeal.parties"),
    ('"bureau.reviewer"', '"buro.reviewer"', "appeal.reviewed_by"),
    ('clock = "continues"', 'clock = "continues"\nworking_days = 0', "appeal.working_days"),
    ("value = 5", "value = 5.5", "parameters.ledger_limit.value"),
    ('"GC-2(一)" = ', '"GC 2" = ', "articles.GC 2"),
    ('"dissatisfied"', '"bad"', "bad_levels"),
])
def test_a_wrong_datum_is_refused_with_its_file_and_key(folder, old, new, key):
    _spoil(folder, "guichi", old, new)
    with pytest.raises(ConfigurationError) as refused:
        regulations.all_regulations()
    assert refused.value.details["key"] == key
    assert str(folder / "guichi" / "regulation.toml") in str(refused.value)


def test_what_is_not_toml_is_refused_with_its_file(folder):
    (folder / "guichi" / "regulation.toml").write_bytes(b"name = \xff")
    with pytest.raises(ConfigurationError, match="guichi"):
        regulations.all_regulations()


def test_an_area_belongs_to_one_regulation(folder):
    _spoil(folder, "guichi", 'areas = ["341702"]', 'areas = ["341702", "46"]')
    with pytest.raises(ConfigurationError, match="46"):
        regulations.all_regulations()


def test_a_missing_folder_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("CASEFLOW_BPMN_DIR", str(tmp_path / "none"))
    with pytest.raises(ConfigurationError, match="none"):
        regulations.get("guichi")


def test_an_operation_of_supervision_is_offered_as_the_text_says_and_not_at_all_where_it_is_silent(monkeypatch):
    rules = regulations.get("guichi").supervision
    for operation in ("refusal", "discipline", "references", "duplicates", "improvements"):
        assert regulations.offered("guichi", operation) is getattr(rules, operation)
    silent = {"guichi": replace(regulations.get("guichi"), supervision=None)}
    monkeypatch.setattr(regulations, "all_regulations", lambda: silent)
    assert regulations.offered("guichi", "discipline") is None
    with pytest.raises(RegulationNotFound):
        regulations.offered("nowhere", "discipline")


def test_the_rules_about_persons_are_read_with_their_fallbacks():
    found = {key: dict(regulation.apart) for key, regulation in regulations.all_regulations().items()}
    assert {key for key, rules in found.items() if rules} == {"guichi", "hainan", "qijiang"}
    [rule] = found["qijiang"]["rectification"]
    assert (rule.article, rule.tasks, rule.fallback) == ("QJ-14", (("revisit",), ("track",)), "office.supervisor")
    assert rule.against("track") == ("revisit",) and rule.against("assign") == ()
