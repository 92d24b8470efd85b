"""The text of a rule, read into a Check. A text that is none is a ConfigurationError that says where and why.

    rule  = name "(" [part {"," part}] ")" ["<=" limit]
    part  = value | name "=" value
    value = word | number | "[" word {"," word} "]"          word = name ["." name] ["“" label "”"]
    limit = number unit ["since=" name] | name               unit = working_days, calendar_days, hours; the bare
                                                             name is that of a date in a form
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from caseflow.errors import ConfigurationError

TOKEN = re.compile(
    r"\s*(?:(?P<word>[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)|(?P<number>\d{1,6})|(?P<sign><=|[(),=\[\]])"
    r"|“(?P<label>[^“”]{1,120})”)")
UNITS = ("working_days", "calendar_days", "hours")
LONGEST = 500

Value = str | int | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of time: so many of a unit since a variable ("now": since the task is there), or the date of a field.

    `unit` is one of UNITS, or date with the amount 0.
    """

    amount: int
    unit: str
    since: str


@dataclass(frozen=True, slots=True)
class Check:
    """A rule as read: its name, its parts in order, its named parts, and the limit behind <=.

    A part is a word, a number, or a list of words; `text` is the rule as written. `labels`: word → the label in Chinese
    quotation marks behind it, where there is one.
    """

    text: str
    name: str
    parts: tuple[Value, ...]
    named: Mapping[str, Value] = field(default_factory=dict)
    limit: Limit | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    def words(self, value: Value | None) -> tuple[str, ...]:
        """A part as a list of words; none at all for a part that is not there."""
        if value is None:
            return ()
        return (str(value),) if isinstance(value, str | int) else value


@lru_cache(maxsize=1024)
def read(text: str) -> Check:
    """The rule in this text (at most LONGEST characters); ConfigurationError for a text of another form.

    Names are not looked at here: vocabulary.check does that.
    """
    return _Reader(text).rule()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.at = text, [], 0
        self.labels: dict[str, str] = {}
        place = 0
        while text[place:].strip():
            match = TOKEN.match(text, place)
            if match is None or len(text) > LONGEST:
                raise self.refuse(f"cannot read {text[place:].strip()[:20]!r}")
            self.tokens.append((match.lastgroup, match[match.lastgroup]))
            place = match.end()

    def refuse(self, problem: str) -> ConfigurationError:
        return ConfigurationError(f"rule {self.text[:200]!r}: {problem}")

    def next(self, kind: str = "", *signs: str) -> str:
        """The next token, which must be of this kind or one of these signs."""
        found_kind, found = self.tokens[self.at] if self.at < len(self.tokens) else ("end", "the end")
        if found_kind != kind and (found_kind != "sign" or found not in signs):
            raise self.refuse(f"{' or '.join(filter(None, (kind, *signs)))} expected, not {found!r}")
        self.at += 1
        return found

    def peek(self, sign: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at] == ("sign", sign)

    def rule(self) -> Check:
        name = self.next("word")
        self.next("", "(")
        parts, named = [], {}
        while not self.peek(")"):
            self.part(parts, named)
            if not self.peek(")"):
                self.next("", ",")
        self.next("", ")")
        limit = None
        if self.peek("<="):
            self.at += 1
            limit = self.limit()
        if self.at < len(self.tokens):
            raise self.refuse(f"nothing may follow, not {self.tokens[self.at][1]!r}")
        return Check(self.text, name, tuple(parts), named, limit, self.labels)

    def part(self, parts: list[Value], named: dict[str, Value]) -> None:
        value = self.value()
        if not self.peek("="):
            if named:
                raise self.refuse("a part without a name stands before those with one")
            parts.append(value)
            return
        self.at += 1
        if not isinstance(value, str) or value in named:
            raise self.refuse(f"{value!r} cannot be the name of a part, or is one twice")
        named[value] = self.value()

    def value(self) -> Value:
        if self.peek("["):
            self.at += 1
            words = [self.word()]
            while not self.peek("]"):
                self.next("", ",")
                words.append(self.word())
            self.at += 1
            return tuple(words)
        if self.at < len(self.tokens) and self.tokens[self.at][0] == "number":
            return int(self.next("number"))
        return self.word()

    def word(self) -> str:
        """The next word, with the label behind it."""
        word = self.next("word")
        if self.at < len(self.tokens) and self.tokens[self.at][0] == "label":
            self.labels[word] = self.next("label")
        return word

    def limit(self) -> Limit:
        if self.tokens[self.at:] and self.tokens[self.at][0] == "word":
            return Limit(0, "date", self.next("word"))
        amount, unit = int(self.next("number")), self.next("word")
        if unit not in UNITS or not amount:
            raise self.refuse(f"a limit is a number of {', '.join(UNITS)}, not {amount} {unit}")
        if self.at == len(self.tokens):
            return Limit(amount, unit, "now")
        if self.next("word") != "since":
            raise self.refuse("only since=… may follow a limit")
        self.next("", "=")
        return Limit(amount, unit, self.next("word"))
