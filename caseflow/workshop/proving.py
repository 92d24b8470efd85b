"""Proving a diagram against its regulation: its rules, what the regulation lets people do, what its effects need.

The proof itself (caseflow/proof) knows no regulation; whoever wants one comes through here, so that all doors ask the
same.
"""

from __future__ import annotations

from collections.abc import Iterator

from caseflow import proof as proofs
from caseflow.casefile import kinds
from caseflow.cases import agreeable
from caseflow.cases.effects import registry
from caseflow.engine.definition import Definition
from caseflow.engine.values import Finding
from caseflow.law.regulation_file import Regulation
from caseflow.processes.asked import Read
from caseflow.proof import Bounds, Extension, Fault, Need, Powers, Proof, RuleResult, Stop, Wanted
from caseflow.raters import reaching
from caseflow.workshop import agreement

BY_APPEAL = "appeal"
# What regulation.toml itself is to blame for, whatever is drawn: a power or a parameter beyond what the rules give.
OF_SETTINGS = frozenset((
    "limit_extended", "day_extended", "limit_stopped", "extension_too_wide", "stop_too_wide", "parameter_too_long",
    "tried_unlogged", "tried_too_little"))
WIDE = Bounds()
KEPT = 64

_kept: dict[str, tuple[Regulation, Proof]] = {}
LOGGED = frozenset((*reaching.HOW, reaching.TRIED, reaching.NOBODY))


def prove(regulation: Regulation, definition: Definition, bounds: Bounds = WIDE) -> Proof:
    """What becomes of the rules of this process, and which effects lack something."""
    rules = regulation.rules.get(agreement.process_of(regulation, definition), ())
    return proofs.prove(definition, rules, bounds, powers(regulation, definition), tuple(needs(regulation, definition)))


def deployable(regulation: Regulation, definition: Definition) -> Iterator[Finding]:
    """What must not be, of a diagram whose other rules were proven when it was drawn: powers and parameters of the
    regulation beyond its rules, and effects that lack something. The proofs of the same values are made once."""
    known = _kept.get(definition.digest)
    if known is None or known[0] is not regulation:
        if len(_kept) >= KEPT:
            _kept.clear()
        known = _kept[definition.digest] = regulation, prove(regulation, definition)
    for broken in known[1].broken:
        if isinstance(broken, Fault) or broken.code in OF_SETTINGS:
            yield finding_of(broken)


def finding_of(broken: RuleResult | Fault) -> Finding:
    """A broken rule with its article, or what an effect lacks, which has none."""
    facts = {**broken.facts, "reason": broken.code}
    if isinstance(broken, Fault):
        return Finding(f"fault_{broken.verdict}", broken.element, 0, facts)
    return Finding(f"rule_{broken.verdict}", broken.element, 0, {**facts, "article": broken.rule.article})


def powers(regulation: Regulation, definition: Definition) -> Powers:
    """What people may do in the cases of this process beside what is drawn."""
    unreachable = regulation.unreachable
    return Powers(
        _extension(regulation), tuple(_stops(regulation, definition)), _beside(regulation, definition),
        unreachable and (unreachable.attempts, unreachable.days),
        {name: one.value for name, one in regulation.parameters.items() if type(one.value) is int},
        LOGGED)


def needs(regulation: Regulation, definition: Definition) -> Iterator[Need]:
    """What each effect that the diagram calls has to find."""
    kind = kinds.trying(agreement.process_of(regulation, definition)).name
    for topic in sorted(definition.effects):
        effect = registry.find(kind, topic)
        if effect is not None:
            fields = tuple(_wanted(read, regulation) for read in effect.reads
                           if agreement.is_needed(read, regulation) or read.good)
            yield Need(topic, fields, effect.after, bool(effect.once))


def _wanted(read: Read, regulation: Regulation) -> Wanted:
    return Wanted(read.field, regulation.bad_levels if read.good else (), read.when)


def _extension(regulation: Regulation) -> Extension | None:
    rules = regulation.extension
    if rules is None or rules.by == "nobody" or not rules.most_times:
        return None
    return Extension(rules.by, rules.most_times, rules.longest)


def _stops(regulation: Regulation, definition: Definition) -> Iterator[Stop]:
    """The categories for which the clock may be stopped, and an appeal where it stops the clock of what it is about."""
    clock, appeal = regulation.clock, regulation.appeal
    if clock is not None and clock.by != "nobody":
        yield from (Stop(category, clock.by) for category in clock.categories)
    kind = kinds.trying(agreement.process_of(regulation, definition))
    if appeal is not None and appeal.available and appeal.clock == "stops" and kind.appealable:
        yield Stop(BY_APPEAL, BY_APPEAL)


def _beside(regulation: Regulation, definition: Definition) -> frozenset[str]:
    """The timers beside which something may be agreed (cases/agreeable.py)."""
    timers = {timer for found in definition.limits.values() for timer in found}
    return frozenset(timer for timer in timers if not agreeable.refused(definition, regulation, timer))
