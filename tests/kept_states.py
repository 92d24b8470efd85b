"""Samples of stored cases, kept for ever: whatever was once released must load and go on (test_kept_states.py).

`python -m tests.kept_states RELEASE` writes tests/data/states/<RELEASE>/, a file for each process that is shipped now:
its diagram without the drawing, and a case at rest at several places. A release whose stored state, dialect or engine
differs gets samples of its own before it goes out; those that are there are never written again.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

from lxml import etree

from caseflow.engine import definition as engine
from caseflow.law import regulations
from tests import source
from tests.caseflow.engine.driver import Driver
from tests.caseflow.engine.test_equivalence import some_values

FOLDER = source.ROOT / "tests" / "data" / "states"
PLACES_OF_ONE = 6     # how many cases at rest of each process are kept


def samples() -> list[Path]:
    return sorted(FOLDER.glob("*/*.json"))


def load(sample: Path) -> tuple[dict, engine.Definition]:
    """What was written, and the definition that is read from it today."""
    kept = json.loads(sample.read_text(encoding="utf-8"))
    files = {name: text.encode() for name, text in kept["files"].items()}
    return kept, engine.load(files, trusted=True, process_id=kept["process"])


def act(case: Driver, chance: random.Random) -> bool:
    """Do something that is open in the case; whether there was anything."""
    last = case.last
    open_ = [("complete", task.element) for task in last.tasks] * 3
    open_ += [("fire", timer.element) for timer in last.timers]
    if open_:
        verb, name = chance.choice(open_)
        case.later(hours=chance.randint(1, 50))
        getattr(case, verb)(name, **(some_values(case.definition, name, chance) if verb == "complete" else {}))
    return bool(open_)


def keep(release: str) -> None:
    """Write the samples of this release."""
    folder = FOLDER / release
    folder.mkdir(parents=True)
    for place in regulations.all_regulations():
        files = {name: _without_drawing(text) for name, text in regulations.files(place).items()}
        for name in files:
            process = engine.load(files, trusted=True, process_id=f"{place}_{name.removesuffix('.bpmn')}")
            text = json.dumps(_written(process), ensure_ascii=False, indent=1)
            (folder / f"{process.process_id}.json").write_text(text + "\n", encoding="utf-8")


def _written(process: engine.Definition) -> dict:
    states = {}
    for seed in range(100):
        case, chance = Driver(process), random.Random(seed)
        while len(states) < PLACES_OF_ONE and not case.last.ended:
            what = {"open": case.open, "timers": case.timers, "messages": case.messages}
            states.setdefault(json.dumps(what), what | {"state": case.last.state.decode()})
            act(case, chance)
    return {"process": process.process_id, "digest": process.digest, "states": list(states.values()),
            "files": {name: text.decode() for name, text in process.files.items()}}


def _without_drawing(text: bytes) -> bytes:
    root = etree.fromstring(text)
    for drawing in root.findall("{*}BPMNDiagram"):
        root.remove(drawing)
    return etree.tostring(root)


if __name__ == "__main__":
    keep(*sys.argv[1:])
