"""The milestones and the words of a place in its regulation.toml: read strictly, and complete in the four shipped."""

from __future__ import annotations

import shutil

import pytest

from caseflow.errors import ConfigurationError
from caseflow.law import regulations
from tests.source import ROOT

FIRST = '[milestones.rectification.first_contact]\ntasks = ["first_response"]\narticle = "HF-14"'


@pytest.fixture
def spoilt(tmp_path, monkeypatch):
    """Reads the regulation of Hefei with a piece of it replaced."""
    monkeypatch.setenv("CASEFLOW_BPMN_DIR", str(tmp_path))

    def read(old: str, new: str):
        folder = shutil.copytree(ROOT / "bpmn" / "hefei", tmp_path / "hefei", dirs_exist_ok=True)
        text = (ROOT / "bpmn" / "hefei" / "regulation.toml").read_text(encoding="utf-8")
        assert old in text
        (folder / "regulation.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
        regulations._load.cache_clear()
        return regulations.get("hefei")

    yield read
    regulations._load.cache_clear()


@pytest.mark.parametrize("old, new, key", [
    (FIRST, "", "milestones.rectification.first_contact"),
    ("[milestones.rectification.", "[milestones.rectificaton.", "milestones.rectificaton.handled"),
    ("[milestones.rectification.first_contact]", """
[milestones.apeal]
first_contact = { tasks = [], article = "HF-14" }
handled = { tasks = [], article = "HF-14" }
revisited = { tasks = [], article = "HF-14" }
[milestones.rectification.first_contact]""", "milestones.apeal"),
    ('tasks = ["first_response"]', 'tasks = "first_response"', "milestones.rectification.first_contact.tasks"),
    ('tasks = ["first_response"]', 'tasks = ["First Response"]', "milestones.rectification.first_contact.tasks"),
    ('tasks = ["first_response"]', 'taks = ["first_response"]', "milestones.rectification.first_contact.tasks"),
    ('result = "revisit_result"', "", "milestones.rectification.revisited.result"),
    ('result = "revisit_result"', 'result = "回访结果"', "milestones.rectification.revisited.result"),
    ('on_the_spot = ["first_response"]', "on_the_spot = []", "milestones.rectification.handled.on_the_spot"),
    ('on_the_spot = ["first_response"]', 'at_once = ["first_response"]', "milestones.rectification.handled.at_once"),
    ('plan = "plan"', "", "milestones.rectification.ledger.plan"),
    ('limit = "rectify_by"', 'limit = "整改期限"', "milestones.rectification.ledger.limit"),
    ('limit = "rectify_by"', 'limits = "rectify_by"', "milestones.rectification.ledger.limits"),
    ('entered = ["open_ledger"]', "entered = []", "milestones.rectification.ledger.entered"),
    ('tasks = ["rectify_ledger"]', "tasks = []", "milestones.rectification.ledger.tasks"),
    ("closed_without_revisit = []", 'closed_without_revisit = []\nrevisit_tasks = ["revisit"]', "revisit_tasks"),
    ('short_name = { zh = "合肥", en = "Hefei" }', 'short_name = { en = "Hefei" }', "short_name.zh"),
    ('short_name = { zh = "合肥", en = "Hefei" }', 'short_name = { zh = "" }', "short_name.zh"),
    ('short_name = { zh = "合肥", en = "Hefei" }', 'short_name = { zh = "合肥", English = "Hefei" }',
     "short_name.English"),
    ('[validity]                              # ', '[validty] #', "validity"),
    ('note = "自发布之日起实施，有效期两年"', 'note = ""', "validity.note"),
])
def test_a_wrong_milestone_or_name_is_refused_with_its_key(spoilt, old, new, key):
    with pytest.raises(ConfigurationError) as refused:
        spoilt(old, new)
    assert refused.value.details["key"] == key


def test_a_key_that_moved_says_where_it_stands_now(spoilt):
    with pytest.raises(ConfigurationError, match=r"\[milestones.rectification.revisited\]"):
        spoilt("closed_without_revisit = []", 'revisit_tasks = ["revisit"]')


def test_a_text_without_a_revisit_says_so_with_an_empty_list(spoilt):
    regulation = spoilt('tasks = ["revisit"]\nresult = "revisit_result"               # 表单里填回访结果的那一项',
                        "tasks = []")
    assert (regulation.revisit_tasks, regulation.milestones["rectification"].revisited.result) == ((), "")


def test_every_shipped_regulation_has_milestones_that_its_articles_bear_out():
    for regulation in regulations.all_regulations().values():
        for steps in regulation.milestones.values():
            found = (steps.first_contact, steps.handled, steps.revisited)
            assert all(step.tasks for step in found), regulation.key
            assert {step.article for step in found} <= set(regulation.articles), regulation.key
        assert set(regulation.short_names) == {"zh", "en"}
        assert regulation.validity is None or regulation.validity.article in regulation.articles


def test_the_places_whose_text_plans_complex_matters_say_where_and_hainan_has_no_such_ledger():
    ledgers = {key: regulation.milestones["rectification"].ledger
               for key, regulation in regulations.all_regulations().items()}
    assert {key: found and (found.entered, found.plan, found.limit, found.article)
            for key, found in ledgers.items()} == {
        "hefei": (("open_ledger",), "plan", "rectify_by", "HF-14"),
        "qijiang": (("first_response",), "promise", "promise_by", "QJ-16"),
        "guichi": (("open_ledger",), "plan", "", "GC-2(二)"), "hainan": None}


def test_the_revisit_of_hainan_is_one_task_whichever_branch_does_it():
    assert regulations.get("hainan").revisit_tasks == ("revisit",)


def test_a_task_of_an_earlier_version_still_is_what_it_was():
    revisited = regulations.get("hainan").milestones["rectification"].revisited
    assert (revisited.tasks, revisited.ever) == (("revisit",), ("revisit", "revisit_city"))
