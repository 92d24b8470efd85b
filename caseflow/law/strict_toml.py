"""Reads a TOML file strictly: each value is taken once, by its kind, and what nobody took is refused."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from caseflow.errors import ConfigurationError

ARTICLE = r"[A-Z]{2,3}-\d+(\([一二三四五六七八九十]+\))?"
SNAKE_CASE = r"[a-z][a-z0-9]*(_[a-z0-9]+)*"


class Table:
    """One table of the file. Every refusal is a ConfigurationError naming file and key; `end` refuses the rest."""

    def __init__(self, file: Path, values: Mapping[str, Any], path: str = "") -> None:
        self.file, self.values, self.path = file, dict(values), path

    def refuse(self, key: str, problem: str) -> ConfigurationError:
        """The error to raise: `file`, and `key` with the tables around it, stand in its details and its sentence."""
        where = f"{self.path}.{key}" if self.path else key
        return ConfigurationError(f"{self.file}: {where}: {problem}", file=str(self.file), key=where)

    def take(self, key: str, kind: type | tuple[type, ...], default: Any = ...) -> Any:
        """Take out a value of exactly this kind, or of one of these; the default, if there is one, for a missing
        key."""
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
        """A text; one of blanks alone is refused unless it may be `empty`."""
        if key not in self.values and default is not ...:
            return default
        value = self.take(key, str)
        if not value.strip() and not empty:
            raise self.refuse(key, "must not be empty")
        return value

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        """A text out of these."""
        value = self.text(key)
        if value not in allowed:
            raise self.refuse(key, f"must be one of {', '.join(allowed)}, not {value!r}")
        return value

    def texts(self, key: str, pattern: str, *, empty: bool = False) -> tuple[str, ...]:
        """A list of texts, each of this form and none twice; at least one unless it may be `empty`."""
        values = self.take(key, list)
        if not (values or empty) or not all(isinstance(v, str) and re.fullmatch(pattern, v) for v in values):
            raise self.refuse(key, f"must be a list of texts like {pattern}, not {values!r}")
        if len(set(values)) < len(values):
            raise self.refuse(key, "names something twice")
        return tuple(values)

    def matching(self, key: str, pattern: str, example: str) -> str:
        """A text of this form (a regular expression); `example` says in the refusal how it looks."""
        value = self.text(key)
        if not re.fullmatch(pattern, value):
            raise self.refuse(key, f"must be like {example}, not {value!r}")
        return value

    def article(self, key: str = "article") -> str:
        """An article as it is cited: HF-14, GC-2(二)."""
        return self.matching(key, ARTICLE, "HF-14 or GC-2(二)")

    def table(self, key: str, default: Any = ...) -> Table:
        """The table under this key; what it holds must be taken as well."""
        return Table(self.file, self.take(key, dict, default), f"{self.path}.{key}" if self.path else key)

    def tables(self, key: str) -> dict[str, Table]:
        """The tables in the table under this key, by name; a name that is not snake_case is refused."""
        outer = self.table(key)
        for name in outer.values:
            if not re.fullmatch(SNAKE_CASE, name):
                raise outer.refuse(name, "must be snake_case")
        return {name: outer.table(name) for name in list(outer.values)}

    def array(self, key: str) -> list[Table]:
        """A list of tables: [[key]]."""
        entries = self.take(key, list)
        if not entries or not all(isinstance(entry, dict) for entry in entries):
            raise self.refuse(key, "must be a list of tables")
        path = f"{self.path}.{key}" if self.path else key
        return [Table(self.file, entry, f"{path}[{number}]") for number, entry in enumerate(entries)]

    def keys(self, pattern: str) -> list[str]:
        """The keys that are left, all of this form."""
        for key in self.values:
            if not re.fullmatch(pattern, key):
                raise self.refuse(key, f"must be like {pattern}")
        return list(self.values)

    def end(self) -> None:
        """Refuse the first key that nobody took: a misspelt setting must not be passed over."""
        for key in self.values:
            raise self.refuse(key, "is not known here; is it misspelt?")


def load(file: Path) -> Table:
    """The file as a table; ConfigurationError when it is not TOML in UTF-8."""
    try:
        return Table(file, tomllib.loads(file.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file}: {error}", file=str(file)) from None
