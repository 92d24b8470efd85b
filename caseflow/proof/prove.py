"""Whether a process keeps the rules of its regulation, over every path it can take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from caseflow.engine.definition import Definition
from caseflow.proof.allowed import EXTENDABLE, STOPPABLE, lengthened, too_wide
from caseflow.proof.cover import covered
from caseflow.proof.effects import faults, told_apart
from caseflow.proof.ending import always_ends, reachable
from caseflow.proof.explorer import Graph, explore
from caseflow.proof.facts import FACTS, OF_POWERS, carried_out_elsewhere, missing
from caseflow.proof.language import Check
from caseflow.proof.limits import JUDGES, limits
from caseflow.proof.paths import WATCHES, Found, watch, way_to
from caseflow.proof.powers import NOTHING, Need, Powers
from caseflow.proof.questions import KEPT, answers_closed, asked_elsewhere
from caseflow.proof.reasons import Breach, breach
from caseflow.proof.values import HOLDS, UNKNOWN, VIOLATED, Bounds, Fault, PathStep, Proof, Rule, RuleResult
from caseflow.proof.vocabulary import answers_of, check
from caseflow.proof.voids import WORD as VOIDS_ONLY
from caseflow.proof.voids import voids

DEFAULT_BOUNDS = Bounds()


def prove(definition: Definition, rules: Sequence[Rule], bounds: Bounds = DEFAULT_BOUNDS, powers: Powers = NOTHING,
          needs: Sequence[Need] = ()) -> Proof:
    """Each rule with its verdict, the shortest path that breaks it, and the reason; and each of the `needs` of effects
    that some path does not meet. `powers` are what people may do beside what is drawn.

    A rule over paths that was not broken within the bounds is "unknown" when a bound was hit, never "holds". A rule
    that names what is not in the diagram is violated. ConfigurationError for a malformed rule.
    """
    checks = [check(rule.check) for rule in rules]
    wanted = dict(told_apart(definition, needs))
    for found in [found for found in checks if found.name not in FACTS]:
        for name, answers in answers_of(found).items():
            wanted[name] = wanted.get(name, frozenset()) | frozenset(answers)
    graph = explore(definition, wanted, bounds)
    given = Given(graph, checks, powers)
    results = tuple(_result(rule, found, given) for rule, found in zip(rules, checks, strict=True))
    return Proof(results, len(graph.nodes), graph.moves, graph.complete, _faults(graph, needs))


@dataclass(frozen=True, slots=True)
class Given:
    """What a rule is held against: every path of the diagram, the other rules beside it, and what people may do."""

    graph: Graph
    checks: Sequence[Check]
    powers: Powers


def _result(rule: Rule, found: Check, given: Given) -> RuleResult:
    breach = missing(found, given.graph.definition) or _of_drawing(found, given)
    if breach is not None:
        return _violated(rule, breach, way_to(given.graph, breach.element))
    if found.name in FACTS or found.name in OF_POWERS:
        return RuleResult(rule, HOLDS)
    if found.name == "reachable":
        return _reached(rule, found, given.graph)
    broken = _broken(found, given)
    if broken is not None:
        return _violated(rule, broken.breach, broken.path)
    return RuleResult(rule, HOLDS) if given.graph.complete else _unknown(rule, given.graph)


def _of_drawing(found: Check, given: Given) -> Breach | None:
    """What is wrong that is seen without walking a path."""
    definition = given.graph.definition
    breach = None
    if found.name in OF_POWERS:
        breach = OF_POWERS[found.name](found, definition, given.powers)
    elif found.name in FACTS:
        breach = FACTS[found.name](found, definition)
    if breach is None and found.name == "answers":
        breach = answers_closed(found, definition, given.checks)
    if breach is None and found.name == "carries_out":
        breach = carried_out_elsewhere(found, definition, given.checks)
    if breach is None and found.name in KEPT:
        breach = asked_elsewhere(found, definition, given.checks)
    return breach


def _reached(rule: Rule, found: Check, graph: Graph) -> RuleResult:
    breach = reachable(graph, found.words(found.parts[0]))
    if breach is None:
        return RuleResult(rule, HOLDS)
    if not graph.complete:
        return _unknown(rule, graph)
    return _violated(rule, breach)


def _violated(rule: Rule, breach: Breach, path: tuple[PathStep, ...] = ()) -> RuleResult:
    return RuleResult(rule, VIOLATED, breach.element, breach.code, breach.facts, path)


def _unknown(rule: Rule, graph: Graph) -> RuleResult:
    reason = _hit(graph)
    return RuleResult(rule, UNKNOWN, "", reason.code, reason.facts)


def _hit(graph: Graph) -> Breach:
    return breach("", graph.hit, states=len(graph.nodes), moves=graph.moves)


def _broken(found: Check, given: Given) -> Found | None:
    graph, checks, powers = given.graph, given.checks, given.powers
    if found.name == "always_ends":
        return always_ends(graph)
    if found.name == "covered":
        return covered(found, graph, checks) or lengthened(found, graph, checks, powers)
    if found.name == "deadline":
        return limits(found, graph) or lengthened(found, graph, checks, powers)
    if found.name in JUDGES:
        return limits(found, graph)
    if found.name in (EXTENDABLE, STOPPABLE):
        return too_wide(found, graph, powers)
    if found.name == VOIDS_ONLY:
        return voids(found, graph, checks)
    return watch(graph, WATCHES[found.name](found, graph.definition))


def _faults(graph: Graph, needs: Sequence[Need]) -> tuple[Fault, ...]:
    found = tuple(Fault(VIOLATED, one.breach.element, one.breach.code, one.breach.facts, one.path)
                  for one in faults(graph, needs))
    if needs and not graph.complete:
        reason = _hit(graph)
        return (*found, Fault(UNKNOWN, "", reason.code, reason.facts))
    return found
