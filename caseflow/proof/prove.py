"""Whether a process keeps the rules of its regulation, over every path it can take."""

from __future__ import annotations

from collections.abc import Sequence

from caseflow.engine.definition import Definition
from caseflow.proof.cover import covered
from caseflow.proof.ending import always_ends, reachable
from caseflow.proof.explorer import Graph, explore
from caseflow.proof.facts import FACTS, effect_elsewhere, missing
from caseflow.proof.language import Check
from caseflow.proof.limits import JUDGES, limits
from caseflow.proof.paths import WATCHES, Found, watch
from caseflow.proof.questions import KEPT, answers_closed, asked_elsewhere
from caseflow.proof.reasons import Breach, breach
from caseflow.proof.values import HOLDS, UNKNOWN, VIOLATED, Bounds, PathStep, Proof, Rule, RuleResult
from caseflow.proof.vocabulary import answers_of, check

DEFAULT_BOUNDS = Bounds()


def prove(definition: Definition, rules: Sequence[Rule], bounds: Bounds = DEFAULT_BOUNDS) -> Proof:
    """Each rule with its verdict, the shortest path that breaks it, and the reason.

    A rule over paths that was not broken within the bounds is "unknown" when a bound was hit, never "holds". A rule
    that names what is not in the diagram is violated. ConfigurationError for a malformed rule.
    """
    checks = [check(rule.check) for rule in rules]
    wanted: dict[str, frozenset[str]] = {}
    for found in [found for found in checks if found.name not in FACTS]:
        for name, answers in answers_of(found).items():
            wanted[name] = wanted.get(name, frozenset()) | frozenset(answers)
    graph = explore(definition, wanted, bounds)
    results = tuple(_result(rule, found, graph, checks) for rule, found in zip(rules, checks, strict=True))
    return Proof(results, len(graph.nodes), graph.moves, graph.complete)


def _result(rule: Rule, found: Check, graph: Graph, checks: Sequence[Check]) -> RuleResult:
    breach = missing(found, graph.definition)
    if breach is None and found.name in FACTS:
        breach = FACTS[found.name](found, graph.definition)
    if breach is None and found.name == "answers":
        breach = answers_closed(found, graph.definition, checks)
    if breach is None and found.name == "carries_out":
        breach = effect_elsewhere(found, graph.definition, checks)
    if breach is None and found.name in KEPT:
        breach = asked_elsewhere(found, graph.definition, checks)
    if breach is not None:
        return _violated(rule, breach)
    if found.name in FACTS:
        return RuleResult(rule, HOLDS)
    if found.name == "reachable":
        return _reached(rule, found, graph)
    broken = _broken(found, graph, checks)
    if broken is not None:
        return _violated(rule, broken.breach, broken.path)
    return RuleResult(rule, HOLDS) if graph.complete else _unknown(rule, graph)


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
    reason = breach("", graph.hit, states=len(graph.nodes), moves=graph.moves)
    return RuleResult(rule, UNKNOWN, "", reason.code, reason.facts)


def _broken(found: Check, graph: Graph, checks: Sequence[Check]) -> Found | None:
    if found.name == "always_ends":
        return always_ends(graph)
    if found.name == "covered":
        return covered(found, graph, checks)
    if found.name in JUDGES:
        return limits(found, graph)
    return watch(graph, WATCHES[found.name](found, graph.definition))
