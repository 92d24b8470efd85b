"""The four regulations with the powers that their texts do not give: clocks are stopped, limits extended.

An article that is made up for the tests (ZZ-1) gives them, with a rule for every task of a rectification.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.source import ROOT

ARTICLE = "ZZ-1"
SENTENCE = "仅供测试：办理期限可以延长一次，最长五个工作日，也可以中止"
CATEGORIES = ("awaiting_rater", "awaiting_other_office", "expert_examination", "force_majeure", "appeal")
RULES = """
[[rules.rectification]]
article = "{article}"
sentence = "{sentence}"
checks = [{checks}]
"""


def build(folder: Path) -> Path:
    """A folder that CASEFLOW_BPMN_DIR may name."""
    copy = shutil.copytree(ROOT / "bpmn", folder / "bpmn")
    for file in copy.glob("*/regulation.toml"):
        text = file.read_text(encoding="utf-8")
        assert 'by = "nobody"' in text
        drawing = (file.parent / "rectification.bpmn").read_text(encoding="utf-8")
        file.write_text(given(text.replace('by = "nobody"', 'by = "lead"'), drawing), encoding="utf-8")
    return copy


def given(regulation: str, drawing: str, times: int = 1, days: int = 5) -> str:
    """A regulation.toml with the made-up article, which gives the powers for every task of this drawing."""
    tasks = ", ".join(re.findall(r'<bpmn:userTask id="(\w+)"', drawing))
    checks = f'"extendable([{tasks}], {times}, {days})", "stoppable([{tasks}], [{", ".join(CATEGORIES)}])"'
    assert "\n[articles]\n" in regulation and "\n[article_areas]\n" in regulation
    regulation = regulation.replace("\n[article_areas]\n", f'\n[article_areas]\n"{ARTICLE}" = ["handling"]\n')
    return regulation.replace("\n[articles]\n", f'\n[articles]\n"{ARTICLE}" = "{SENTENCE}。"\n') + RULES.format(
        article=ARTICLE, sentence=SENTENCE, checks=checks)
