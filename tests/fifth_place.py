"""A fifth place, made up: Guichi's diagrams with ids, choices and a name of its own, and a regulation whose appeals
stop the clock, as a made-up article says. Nothing of it is known to the code."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests import powers
from tests.source import ROOT

KEY = "fenghe"
IDS = {
    "first_response": "first_call", "rectify": "mend", "rectify_complex": "mend_slowly", "explain": "tell_why",
    "open_ledger": "open_book", "revisit": "call_back", "revisit_result": "heard", "verify": "look_into",
    "review": "weigh", "satisfied": "content", "unsatisfied": "discontent", "closed_resolved": "closed_content",
}
WORDS = {
    "guichi": KEY, "GC-": "FH-", "341702": "651900", "贵池": "枫河", '{ zh = "枫河", en = "Guichi" }':
    '{ zh = "枫河", en = "Fenghe" }', 'clock = "continues"': 'clock = "stops"',
    '<camunda:value id="content" name="满意" />': '<camunda:value id="content" name="称心" />',
    "content“满意”": "content“称心”",
    '["handling", "call_back"': '["handling", "revisit"',       # areas of an article are no ids of a drawing
}


def build(folder: Path) -> Path:
    """The four regulations and the fifth, in a folder that CASEFLOW_BPMN_DIR may name."""
    copy = shutil.copytree(ROOT / "bpmn", folder / "bpmn")
    place = copy / KEY
    place.mkdir()
    texts = {file: _told((copy / "guichi" / file).read_text(encoding="utf-8"))
             for file in ("regulation.toml", "rectification.bpmn", "appeal.bpmn")}
    texts["regulation.toml"] = powers.given(texts["regulation.toml"], texts["rectification.bpmn"])
    for file, text in texts.items():
        (place / file).write_text(text, encoding="utf-8")
    return copy


def _told(text: str) -> str:
    text = re.sub(r"\b(" + "|".join(IDS) + r")\b", lambda found: IDS[found[0]], text)
    for old, new in WORDS.items():
        text = text.replace(old, new)
    return text
