"""The regulations as data: bpmn/<key>/regulation.toml, and the diagrams beside it.

Values are immutable and cached for the life of the process; regulation_file.py reads them strictly.
The folder is bpmn/ beside the package, or what CASEFLOW_BPMN_DIR names.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from caseflow.errors import ConfigurationError, RegulationExpired, RegulationNotFound
from caseflow.law.regulation_file import AppealRules, DefaultRating, Parameter, Regulation, UnitEntry, read
from caseflow.law.supervision_rules import Conduct, Forwarding, Offered

__all__ = [
    "AppealRules", "DefaultRating", "Parameter", "Regulation", "UnitEntry", "all_regulations", "files", "for_area",
    "get", "names_area", "offered", "records_failures",
]


def folder() -> Path:
    """Where the regulations lie; ConfigurationError when there is no such folder."""
    path = Path(os.environ.get("CASEFLOW_BPMN_DIR") or Path(__file__).parents[2] / "bpmn")
    if not path.is_dir():
        raise ConfigurationError(f"There is no folder {path}; set CASEFLOW_BPMN_DIR to the folder of the regulations.")
    return path


def all_regulations() -> Mapping[str, Regulation]:
    """Every regulation by key, in the order of the folder's names."""
    return _load(os.environ.get("CASEFLOW_BPMN_DIR"))


def get(key: str) -> Regulation:
    """The regulation of this key; RegulationNotFound for another."""
    try:
        return all_regulations()[key]
    except KeyError:
        raise RegulationNotFound(
            f"No regulation is called {key!r}; there are {', '.join(sorted(all_regulations()))}.") from None


def offered(key: str, operation: str) -> Offered | Forwarding | None:
    """What a regulation says of an operation of supervision (refusal, discipline, references, duplicates,
    improvements); None where
    its file says nothing of supervision, and then nothing of it is offered."""
    rules = get(key).supervision
    return getattr(rules, operation) if rules else None


def conduct(key: str) -> Mapping[str, Conduct]:
    """What may be recorded under a regulation of those who failed, by kind; nothing where its file does not say."""
    rules = get(key).supervision
    return rules.conduct if rules else {}


def names_area(area_code: str) -> bool:
    """Whether a regulation is for this area, on whatever days."""
    return any(area_code.startswith(prefix) for regulation in all_regulations().values() for prefix in regulation.areas)


def records_failures(key: str) -> bool:
    """Whether failures of units and persons are recorded under a regulation: by those who supervise, or by the review
    of an appeal (QJ-18, HN-17)."""
    appeal = get(key).appeal
    return bool(conduct(key)) or bool(appeal and appeal.failure)


def for_area(area_code: str, on: date) -> Regulation:
    """The regulation for an area on a day: the longest prefix that is in force by then.

    RegulationNotFound when none reaches the area or none has begun; RegulationExpired when it is past its
    validity and after_expiry is "refuse" (with "continue" it is returned; HF-18).
    """
    matches = [(len(prefix), regulation) for regulation in all_regulations().values()
               for prefix in regulation.areas if area_code.startswith(prefix) and regulation.valid_from <= on]
    if not matches:
        raise RegulationNotFound(f"No regulation applies to area {area_code!r} on {on}.", area_code=area_code)
    regulation = max(matches, key=lambda match: match[0])[1]
    if regulation.valid_to is not None and on > regulation.valid_to and regulation.after_expiry == "refuse":
        raise RegulationExpired(f"{regulation.name} was valid to {regulation.valid_to}.", regulation=regulation.key)
    return regulation


def files(key: str) -> Mapping[str, bytes]:
    """The diagram files of a regulation: file name → content, read afresh."""
    get(key)
    return {path.name: path.read_bytes() for path in sorted((folder() / key).glob("*.bpmn"))}


@lru_cache(maxsize=8)
def _load(_chosen: str | None) -> Mapping[str, Regulation]:
    """What lies in the folder, kept by the setting that chose it."""
    path = folder()
    regulations = {file.parent.name: read(file) for file in sorted(path.glob("*/regulation.toml"))}
    taken: dict[str, Regulation] = {}
    for regulation in regulations.values():
        for prefix in regulation.areas:
            if prefix in taken:
                raise ConfigurationError(
                    f"{path}: area {prefix} is claimed by {taken[prefix].key} and {regulation.key}; leave it in one.")
            taken[prefix] = regulation
    return MappingProxyType(regulations)
