"""The rules of a regulation.toml: [[rules.<process>]] with an article, its sentence, and the checks that rest on it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from caseflow.errors import ConfigurationError
from caseflow.law.strict_toml import SNAKE_CASE, Table
from caseflow.law.watched import once
from caseflow.proof import Rule, check


def rules(top: Table, articles: Mapping[str, str]) -> Mapping[str, tuple[Rule, ...]]:
    """Process name → its rules. ConfigurationError for a malformed one, or words that its article does not have."""
    if "rules" not in top.values:
        return MappingProxyType({})
    table = top.table("rules")
    return MappingProxyType({
        process: tuple(rule for entry in table.array(process) for rule in _checks(entry, articles))
        for process in table.keys(SNAKE_CASE)})


def _checks(table: Table, articles: Mapping[str, str]) -> list[Rule]:
    code, sentence, reading = table.article(), table.text("sentence"), table.text("reading", "")
    if problem := once(sentence, articles.get(code, "")):
        raise table.refuse("sentence", f"{code}: {problem}")
    checks = table.texts("checks", r".+")
    table.end()
    for text in checks:
        try:
            check(text)
        except ConfigurationError as malformed:
            raise table.refuse("checks", str(malformed)) from None
    return [Rule(text, code, sentence, reading) for text in checks]
