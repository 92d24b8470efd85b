"""The compliance matrix: article → sentence → rule → element → power → check at run time → test.

`python -m tests.caseflow.proof.compliance` writes it; nothing in it is written by hand.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from functools import cache

from caseflow.install import tried_kinds
from caseflow.law import regulations
from caseflow.law.regulation_file import Regulation
from caseflow.law.watched import watches
from caseflow.proof import Rule, check
from tests import source
from tests.caseflow.proof import guards, touching
from tests.caseflow.proof.judge import shipped_definition

FILE = source.ROOT / "docs" / "compliance.md"
PROCESSES = {"rectification": "整改", "appeal": "申诉"}
AREAS = {
    "handling": "办理", "revisit": "回访", "appeal": "申诉", "ratings": "评价", "analysis": "统计分析",
    "publication": "通报公开", "accountability": "考核问责", "improvement": "改进", "privacy": "评价人信息",
    "organisation": "职责分工", "validity": "施行", "general": "总则",
}
NOTHING = "—"
COLUMNS = ("流程", "条文的话", "规则", "图上的元素", "权力和读法", "运行时", "测试")
HEAD = """# 条文对照表

*Each sentence of each article: the rule that watches it, the element of the diagram, the keys of regulation.toml that
touch it, the functions that hold it at run time, and the tests. Generated: `make compliance`.*

条文里与办理、回访、申诉有关的话，每个字都由 regulation.toml 的规则守住，或者在 `[[unwatched]]` 里写明为什么
不由流程图守，写法见 [bpmn/README.md](../bpmn/README.md) 的“规则”。各栏：

* **规则**：在每条路径上证明，`caseflow process prove bpmn`，测试里是 `tests/caseflow/proof/test_rules.py`；
  `make mutations` 把图改坏几百处，逐一看规则是否拦住。
* **权力和读法**：regulation.toml 里碰到这条规则的表（中止、延期、催办、联系不上、转办有误、里程碑、读法……）。
  依据另一条的注明条文，条文没有给、所以不提供的注明。没有碰到它的，写“—”。
* **运行时**：案件办理时实际守住它的函数，列在最后。
* **测试**：提到该条文、也提到这些元素的测试文件（都没有提到元素的，列出提到该条文的），
  在 `tests/bpmn`、`tests/journeys`。
"""


def text() -> str:
    """The whole page."""
    tried_kinds.read()
    return HEAD + "".join(_place(regulation) for regulation in regulations.all_regulations().values()) + _guards()


def _place(regulation: Regulation) -> str:
    lines = ["", f"## {regulation.name}", ""]
    kept = {rule.article for rules in regulation.rules.values() for rule in rules}
    watched = [code for code, areas in regulation.article_areas.items() if watches(areas) or code in kept]
    for article in watched:
        lines += [f"### {article}（{_areas(regulation, article)}）", "", f"| {' | '.join(COLUMNS)} |",
                  "|" + "---|" * len(COLUMNS)]
        lines += _shown(rows(regulation, article))
        lines += ["", *_unwatched(regulation, article)]
    rest = [article for article in regulation.articles if article not in watched]
    if rest:
        lines += ["### 不管一件案件怎样办的条文", "", "| 条文 | 管什么 | 以它为依据的表 | 测试 |", "|---|---|---|---|"]
        lines += [f"| {article} | {_areas(regulation, article)} | {_rests_on_it(regulation, article)} "
                  f"| {'、'.join(f'`{name}`' for name in _citing(article)) or NOTHING} |" for article in rest]
        lines.append("")
    return "\n".join(lines)


def _shown(found: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """The lines of a table; a process and a sentence that stand above already are said by a sign."""
    above: tuple[str, ...] = ()
    for row in found:
        again = ("〃", "〃") if row[:2] == above else row[:2]
        yield f"| {' | '.join((*again, *row[2:]))} |"
        above = row[:2]


def rows(regulation: Regulation, article: str) -> Iterator[tuple[str, ...]]:
    """The rules on an article, by COLUMNS."""
    for process, rules in regulation.rules.items():
        definition = shipped_definition(regulation.key, process)
        for rule in (rule for rule in rules if rule.article == article):
            elements = _elements(regulation.key, process, rule)
            yield (PROCESSES[process], rule.sentence, f"`{rule.check}`",
                   "、".join(definition.elements[one].name or one for one in elements) or "全图",
                   "、".join(touching.of(rule, regulation, process, definition)) or NOTHING,
                   "、".join(f"`{guards.name(one)}`" for one in guards.of(rule.check, regulation, process)),
                   "、".join(f"`{name.rpartition('/')[2]}`" for name in _tests(article, elements)))


def _unwatched(regulation: Regulation, article: str) -> list[str]:
    marks = [mark for mark in regulation.unwatched if mark.article == article]
    if not marks:
        return []
    return ["| 没有规则守着的话 | 理由 |", "|---|---|", *(f"| {mark.sentence} | {mark.reason} |" for mark in marks), ""]


def _areas(regulation: Regulation, article: str) -> str:
    return "、".join(AREAS[area] for area in regulation.article_areas[article])


def _elements(key: str, process: str, rule: Rule) -> list[str]:
    """What the rule names of the diagram."""
    known = shipped_definition(key, process).elements
    found = check(rule.check)
    words = [word for part in (*found.parts, *found.named.values()) for word in found.words(part)]
    return list(dict.fromkeys(word for word in words if word in known))


def _rests_on_it(regulation: Regulation, article: str) -> str:
    keys = [key for key, value in touching.keys(regulation) if value.article == article]
    return "、".join(f"`[{key}]`" for key in keys) or NOTHING


def _guards() -> str:
    """Every function named in the tables, with what it does: the first line of its contract."""
    named = {one for regulation in regulations.all_regulations().values()
             for process, rules in regulation.rules.items() for rule in rules
             for one in guards.of(rule.check, regulation, process)}
    lines = ["", "## 运行时的检查", "", "| 函数（`caseflow.`） | 做什么 |", "|---|---|"]
    lines += [f"| `{guards.name(one)}` | {does(one)} |" for one in sorted(named, key=guards.name)]
    return "\n".join([*lines, ""])


def does(guard: guards.Guard) -> str:
    """The first sentence of its docstring."""
    told = " ".join(inspect.getdoc(guard).split("\n\n")[0].split())
    return re.split(r"(?<=\.) (?=[A-Z`])", told)[0].replace("|", "\\|")


@cache
def _sources() -> dict[str, str]:
    folders = "tests/bpmn", "tests/journeys"
    return {source.name(path): path.read_text(encoding="utf-8") for path in source.modules(*folders)}


def _citing(article: str) -> list[str]:
    """The test files that cite an article."""
    cites = re.compile(re.escape(article) + r"(?!\d|\()")
    return [name for name, content in _sources().items() if cites.search(content)]


def _tests(article: str, elements: list[str]) -> list[str]:
    """Those that also name one of these elements, where there are such."""
    names = re.compile(r"\b(" + "|".join(elements or ["$^"]) + r")\b")
    citing = _citing(article)
    return [name for name in citing if names.search(_sources()[name])] or citing


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
