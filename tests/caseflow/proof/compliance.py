"""The compliance matrix: article → rule → element → test. `python -m tests.caseflow.proof.compliance` writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from caseflow.law import regulations
from caseflow.law.regulation_file import Regulation
from caseflow.proof import Rule, check
from tests import source
from tests.caseflow.proof.judge import shipped_definition

FILE = source.ROOT / "docs" / "compliance.md"
PROCESSES = {"rectification": "整改", "appeal": "申诉"}
HEAD = """# 条文对照表

*Which rule, which element of which diagram and which tests keep each article. Generated: `make compliance`.*

条文里与整改、回访、申诉有关的话，由 regulation.toml 的规则守住，写法见 [bpmn/README.md](../bpmn/README.md) 的“规则”。
每条规则在每条路径上证明：`caseflow process prove bpmn`，测试里是 `tests/caseflow/proof/test_rules.py`。
`make mutations` 把图改坏几百处，逐一看规则是否拦住。“读法”是条文没有写明、由 `[parameters]` 定下的。
“测试”是另外提到该条文的测试文件。
"""


def text() -> str:
    return HEAD + "".join(_place(regulation) for regulation in regulations.all_regulations().values())


def _place(regulation: Regulation) -> str:
    lines = ["", f"## {regulation.name}", ""]
    told = {rule.article for rules in regulation.rules.values() for rule in rules}
    for article in regulation.articles:
        if article in told:
            lines += [f"### {article}", "", f"测试：{_tests(article)}", "",
                      "| 流程 | 条文的话 | 规则 | 图上的元素 |", "|---|---|---|---|"]
            lines += list(_rows(regulation, article))
            lines.append("")
    rest = [article for article in regulation.articles if article not in told]
    if rest:
        lines += ["### 不由流程图守住的条文", "", "| 条文 | 由什么守住 | 测试 |", "|---|---|---|"]
        lines += [f"| {article} | {_kept_by(regulation, article)} | {_tests(article)} |" for article in rest]
        lines.append("")
    return "\n".join(lines)


def _rows(regulation: Regulation, article: str) -> Iterator[str]:
    for process, rules in regulation.rules.items():
        sentence = ""
        for rule in rules:
            if rule.article == article:
                shown = "" if rule.sentence == sentence else rule.sentence
                sentence = rule.sentence
                yield (f"| {PROCESSES[process] if shown else ''} | {shown} | `{rule.check}`{_reading(rule)} "
                       f"| {_elements(regulation.key, process, rule)} |")


def _reading(rule: Rule) -> str:
    return f"（读法 {rule.reading}）" if rule.reading else ""


def _elements(key: str, process: str, rule: Rule) -> str:
    """What the rule names, as the diagram shows it; the whole process where it names nothing."""
    known = shipped_definition(key, process).elements
    found = check(rule.check)
    words = [word for part in (*found.parts, *found.named.values()) for word in found.words(part)]
    named = dict.fromkeys(word for word in words if word in known)
    return "、".join(f"{known[word].name or word}" for word in named) or "全图"


def _kept_by(regulation: Regulation, article: str) -> str:
    keys = [name for name in ("default_rating", "appeal", "unreachable", "clock", "extension", "ladder")
            if getattr(getattr(regulation, name), "article", "") == article]
    keys += [f"parameters.{key}" for key, parameter in regulation.parameters.items() if parameter.article == article]
    return "、".join(f"`{key}`" for key in keys) or "regulation.toml 的其余各项（旁注条文）"


@cache
def _sources() -> dict[str, str]:
    folders = "tests/bpmn", "tests/journeys"
    return {source.name(path): path.read_text(encoding="utf-8") for path in source.modules(*folders)}


def _tests(article: str) -> str:
    """The test files that cite an article."""
    cites = re.compile(re.escape(article) + r"(?!\d|\()")
    return "、".join(f"`{name}`" for name, content in _sources().items() if cites.search(content)) or "—"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
