"""How a finished case stands to each rule of its regulation (守法核对), for who audits it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from caseflow.casefile.readings import Reading
from caseflow.errors import CaseflowError
from caseflow.monitor import finished
from caseflow.monitor.values import Checked, Report
from caseflow.people.permissions import Actor
from caseflow.proof import HOLDS
from web.parts import journal
from web.sentences import monitor

_ = lazy_gettext


class Verdict(NamedTuple):
    """A verdict in words, with its sign and the CSS class of its badge."""

    sign: str
    words: LazyString
    tone: str


VERDICTS = {"violated": Verdict("✗", _("违反"), "overdue"), "unknown": Verdict("？", _("无从核对"), "soon"),
            "holds": Verdict("✓", _("遵守"), "ok"), "untouched": Verdict("—", _("没有涉及"), "none"),
            "drawing": Verdict("—", _("只说流程图"), "none")}
WORST_FIRST = tuple(VERDICTS)


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: what it checks, its verdict, what is wrong ("" for nothing), what was looked at."""

    check: str
    verdict: Verdict
    said: str
    looked: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an article with the rules that rest on it; its verdict is the worst of theirs."""

    article: str
    words: str
    verdict: Verdict
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Panel:
    """What the section shows. `counted`: how many rules have each verdict; `strays`: where the case left its drawing;
    `problem`: why nothing can be said at all."""

    sentences: Sequence[Sentence] = ()
    counted: Sequence[tuple[Verdict, int]] = ()
    strays: Sequence[str] = ()
    problem: str = ""


def panel(case: Reading, actor: Actor, lines: Iterable[journal.Line]) -> Panel | None:
    """The section for this actor; None for an open case, and for whoever does not audit it."""
    if case.status == "open" or not finished.may_look(actor, case):
        return None
    try:
        report = finished.of_case(case, case.entries)
    except CaseflowError as error:
        return Panel(problem=gettext("不能按日志核对：%(why)s", why=str(error)))
    if report is None:
        return Panel(problem=gettext("日志没有记载案件怎样开始、怎样结束，不能核对。"))
    return _panel(report, {line.seq: line for line in lines})


def _panel(report: Report, lines: dict[int, journal.Line]) -> Panel:
    groups = groupby(report.checked, lambda one: (one.rule.article, one.rule.sentence))
    found = sorted((min(WORST_FIRST.index(_verdict(one)) for one in rules), number, key, rules)
                   for number, (key, rules) in enumerate((key, list(group)) for key, group in groups))
    counted = Counter(map(_verdict, report.checked))
    return Panel([Sentence(*key, VERDICTS[WORST_FIRST[worst]], [_row(one, lines) for one in rules])
                  for worst, _number, key, rules in found],
                 [(VERDICTS[name], counted[name]) for name in WORST_FIRST if counted[name]],
                 [f"{monitor.sentence(one.code, one.facts)} {_entry(one.seq, lines)}" for one in report.strays])


def _verdict(one: Checked) -> str:
    """Its verdict; "untouched" where nothing came about that the rule speaks of."""
    return "untouched" if one.verdict == HOLDS and not one.looked else one.verdict


def _row(one: Checked, lines: dict[int, journal.Line]) -> Row:
    said = monitor.sentence(one.code, one.facts) if one.code else ""
    return Row(one.rule.check, VERDICTS[_verdict(one)], said, [_entry(seq, lines) for seq in one.looked])


def _entry(seq: int, lines: dict[int, journal.Line]) -> str:
    """An entry of the journal by its number, with what it says to whoever may read it."""
    text = lines[seq].text if seq in lines else ""
    return gettext("第 %(seq)s 条 %(text)s", seq=seq, text=text).strip()
