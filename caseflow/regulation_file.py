"""Reads one regulation.toml. Whatever is missing, misspelt or of the wrong kind is a ConfigurationError that
names the file and the key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from types import MappingProxyType
from typing import Any

from caseflow.errors import ConfigurationError
from caseflow.regulations import DefaultRating, Parameter, Regulation, UnitEntry

UNIT_LEVELS = ("province", "city", "district", "town", "village")  # HN-2
RATING_LEVELS = ("very_dissatisfied", "dissatisfied", "basically_satisfied", "satisfied", "very_satisfied")
KEY = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
ARTICLE = re.compile(r"[A-Z]{2,3}-\d+(\([一二三四五六七八九十]+\))?")


class Table:
    """One table of the file. Each value is taken once, by its kind; `end` refuses what nobody took."""

    def __init__(self, file: Path, values: Mapping[str, Any], path: str = "") -> None:
        self.file, self.values, self.path = file, dict(values), path

    def refuse(self, key: str, problem: str) -> ConfigurationError:
        where = f"{self.path}.{key}" if self.path else key
        return ConfigurationError(f"{self.file}: {where}: {problem}", file=str(self.file), key=where)

    def take(self, key: str, kind: type | tuple[type, ...], default: Any = ...) -> Any:
        if key not in self.values:
            if default is ...:
                raise self.refuse(key, "is missing")
            return default
        value = self.values.pop(key)
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if type(value) not in kinds:  # exactly: True is no number
            raise self.refuse(key, f"must be {' or '.join(k.__name__ for k in kinds)}, not {value!r}")
        return value

    def text(self, key: str, default: Any = ..., *, empty: bool = False) -> str:
        value = self.take(key, str, default)
        if isinstance(value, str) and not value.strip() and not empty:
            raise self.refuse(key, "must not be empty")
        return value

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self.text(key)
        if value not in allowed:
            raise self.refuse(key, f"must be one of {', '.join(allowed)}, not {value!r}")
        return value

    def texts(self, key: str, pattern: str, *, empty: bool = False) -> tuple[str, ...]:
        values = self.take(key, list)
        if not (values or empty) or not all(isinstance(v, str) and re.fullmatch(pattern, v) for v in values):
            raise self.refuse(key, f"must be a list of texts like {pattern}, not {values!r}")
        if len(set(values)) < len(values):
            raise self.refuse(key, "names something twice")
        return tuple(values)

    def article(self, key: str = "article") -> str:
        value = self.text(key)
        if not ARTICLE.fullmatch(value):
            raise self.refuse(key, f"must be an article like HF-14 or GC-2(二), not {value!r}")
        return value

    def table(self, key: str, default: Any = ...) -> Table:
        return Table(self.file, self.take(key, dict, default), f"{self.path}.{key}" if self.path else key)

    def tables(self, key: str) -> dict[str, Table]:
        outer = self.table(key)
        for name in outer.values:
            if not KEY.fullmatch(name):
                raise outer.refuse(name, "must be snake_case")
        return {name: outer.table(name) for name in list(outer.values)}

    def end(self) -> None:
        for key in self.values:
            raise self.refuse(key, "is not known here; is it misspelt?")


def read(file: Path) -> Regulation:
    """The regulation of one file; its key is the name of the folder."""
    try:
        top = Table(file, tomllib.loads(file.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file}: {error}", file=str(file)) from None
    if not KEY.fullmatch(file.parent.name):
        raise top.refuse("key", f"the folder's name {file.parent.name!r} must be snake_case")
    units = {key: _unit(key, table) for key, table in top.tables("units").items()}
    responsible = {key: _unit(key, table) for key, table in top.tables("responsible_units").items()}
    _check_tree(top, units, responsible)
    regulation = Regulation(
        key=file.parent.name, **_heading(top), **_ratings(top), lead=_office(top, "lead", units),
        contact_through=_office(top, "contact_through", units) if "contact_through" in top.values else None,
        calendar=top.text("calendar"), number_format=_number_format(top),
        close_of_business=top.take("close_of_business", time, None),
        revisit_tasks=top.texts("revisit_tasks", KEY.pattern),
        closed_without_revisit=top.texts("closed_without_revisit", KEY.pattern, empty=True),
        appeal=_appeal(top), units=MappingProxyType(units), responsible_units=tuple(responsible.values()),
        parameters=MappingProxyType({key: _parameter(table) for key, table in top.tables("parameters").items()}),
        articles=_articles(top))
    top.end()
    return regulation


def _heading(top: Table) -> dict[str, Any]:
    heading = {
        "name": top.text("name"), "document_no": top.text("document_no", empty=True), "issuer": top.text("issuer"),
        "issued": top.take("issued", date), "valid_from": top.take("valid_from", date),
        "valid_to": top.take("valid_to", date, None), "areas": top.texts("areas", r"\d{2,12}")}
    if heading["valid_to"] is None:
        return heading | {"after_expiry": "continue"}
    if heading["valid_to"] < heading["valid_from"]:
        raise top.refuse("valid_to", "lies before valid_from")
    return heading | {"after_expiry": top.one_of("after_expiry", ("continue", "refuse"))}


def _ratings(top: Table) -> dict[str, Any]:
    bad = top.texts("bad_levels", "|".join(RATING_LEVELS))
    if "default_rating" not in top.values:
        return {"bad_levels": bad, "default_rating": None}
    table = top.table("default_rating")
    default = DefaultRating(
        table.one_of("level", RATING_LEVELS), table.take("working_days", int), table.take("counted", bool),
        table.article())
    if default.working_days < 1:
        raise table.refuse("working_days", "must be at least 1")
    table.end()
    return {"bad_levels": bad, "default_rating": default}


def _unit(key: str, table: Table) -> UnitEntry:
    unit = UnitEntry(key, table.text("name"), table.text("code"), table.one_of("level", UNIT_LEVELS),
                     table.text("area_code"), table.text("parent", ""))
    if not re.fullmatch(r"\d{12}", unit.area_code):
        raise table.refuse("area_code", f"must have twelve digits, not {unit.area_code!r}")
    table.end()
    return unit


def _check_tree(top: Table, units: dict[str, UnitEntry], responsible: dict[str, UnitEntry]) -> None:
    """Parents stand before their children, so that there is no circle; keys and codes are unique."""
    known: set[str] = set()
    codes: set[str] = set()
    for table, unit in [("units", u) for u in units.values()] + [("responsible_units", u) for u in responsible.values()]:
        if unit.parent and unit.parent not in known:
            raise top.refuse(f"{table}.{unit.key}.parent", f"{unit.parent!r} is not a unit described above it")
        if unit.key in known or unit.key == "responsible":
            raise top.refuse(f"{table}.{unit.key}", "this key is taken")
        if unit.code in codes:
            raise top.refuse(f"{table}.{unit.key}.code", "another unit has this code")
        known.add(unit.key)
        codes.add(unit.code)


def _office(top: Table, key: str, units: Mapping[str, UnitEntry]) -> str:
    value = top.text(key)
    if value not in units:
        raise top.refuse(key, f"{value!r} is not among units: {', '.join(units)}")
    return value


def _number_format(top: Table) -> str:
    text = top.text("number_format")
    try:
        if text.format(year=2026, number=1) != text.format(year=2026, number=2) and "2026" in text.format(
                year=2026, number=1):
            return text
    except (KeyError, IndexError, ValueError, AttributeError):
        pass
    raise top.refuse("number_format", f"must hold {{year}} and {{number}}, like GC-{{year}}-{{number:06d}}, not {text!r}")


def _appeal(top: Table) -> Mapping[str, object] | None:
    if "appeal" not in top.values:
        return None
    table = top.table("appeal")
    facts = {"who": table.text("who"), "reviewer": table.text("reviewer"), "article": table.article(),
             "available": table.take("available", bool), "note": table.text("note")}
    table.end()
    return MappingProxyType(facts)


def _parameter(table: Table) -> Parameter:
    parameter = Parameter(table.take("value", (str, int, bool)), table.article(), table.text("note"))
    table.end()
    return parameter


def _articles(top: Table) -> Mapping[str, str]:
    table = top.table("articles")
    for code in table.values:
        if not ARTICLE.fullmatch(code):
            raise table.refuse(code, "is not an article like HF-14 or GC-2(二)")
    return MappingProxyType({code: table.text(code).strip() for code in list(table.values)})
