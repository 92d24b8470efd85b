"""Conditions said otherwise, and gateways drawn otherwise, which break nothing. Each operator says why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tests.caseflow.proof.diagrams import CAM, Diagram, Edit
from tests.caseflow.proof.pieces import flow, gateway


def _said(diagram: Diagram, pattern: str, said: Callable[[re.Match], str]) -> Iterator[Edit]:
    for way, text in diagram.conditions():
        for found in re.finditer(pattern, text):
            changed = text[:found.start()] + said(found) + text[found.end():]
            yield f"{way}: {changed}", diagram.again().set_text(way, "conditionExpression", changed)


def turned_comparison(diagram: Diagram) -> Iterator[Edit]:
    """The same comparison, read from the other side."""
    return _said(diagram, r"(\w+) == ('\w+')", lambda found: f"{found[2]} == {found[1]}")


def not_not(diagram: Diagram) -> Iterator[Edit]:
    """The same condition, denied twice."""
    for way, text in diagram.conditions():
        yield way, diagram.again().set_text(way, "conditionExpression", f"not (not ({text}))")


def bracketed(diagram: Diagram) -> Iterator[Edit]:
    """The same condition in brackets."""
    return _said(diagram, r"(\w+) == ('\w+')", lambda found: f"(({found[0]}))")


def said_twice(diagram: Diagram) -> Iterator[Edit]:
    """The same condition said twice."""
    for way, text in diagram.conditions():
        for form in ("({0}) and ({0})", "({0}) or ({0})"):
            yield f"{way}: {form}", diagram.again().set_text(way, "conditionExpression", form.format(text))


def other_order(diagram: Diagram) -> Iterator[Edit]:
    """The parts of a condition in another order."""
    for way, text in diagram.conditions():
        parts = re.split(r" and (?![^(]*\))", text)
        if len(parts) > 1 and " or " not in text:
            yield way, diagram.again().set_text(way, "conditionExpression", " and ".join(reversed(parts)))


def implied(diagram: Diagram) -> Iterator[Edit]:
    """A part that follows from the others is said as well."""
    return _said(diagram, r"(\w+) == '(\w+)'", lambda found: f"({found[0]} and not is_empty({found[1]}))")


def denied(diagram: Diagram) -> Iterator[Edit]:
    """What is not another answer, of those there are."""
    for way, text in diagram.conditions():
        for found in re.finditer(r"(\w+) == '(\w+)'", text):
            others = [value for node in diagram.root.iter(f"{CAM}formField") if node.get("id") == found[1]
                      for value in [one.get("id") for one in node.iter(f"{CAM}value")] if value != found[2]]
            if others:
                said = f"(not is_empty({found[1]}) and {found[1]} not in {sorted(set(others))})"
                changed = text[:found.start()] + said + text[found.end():]
                yield f"{way}: {found[0]}", diagram.again().set_text(way, "conditionExpression", changed)


def chosen_by_if(diagram: Diagram) -> Iterator[Edit]:
    """The same condition with an if."""
    for way, text in diagram.conditions():
        yield way, diagram.again().set_text(way, "conditionExpression", f"True if ({text}) else False")


def two_ways(diagram: Diagram) -> Iterator[Edit]:
    """One way is drawn twice: for those most dissatisfied, and for the others."""
    for way, text in diagram.conditions():
        edited = diagram.again()
        found = edited.node(way)
        target, source = found.get("targetRef"), found.get("sourceRef")
        found.set("targetRef", "extra_join")
        edited.set_text(way, "conditionExpression", f"({text}) and level == 'very_dissatisfied'")
        xml = gateway("extra_join") + gateway("extra_gate") + flow("extra_join", target)
        xml += flow("extra_gate", "extra_join") + flow(source, "extra_gate", text)
        yield way, edited.add(found.getparent(), xml)


def decided_later(diagram: Diagram) -> Iterator[Edit]:
    """What a gateway decides is decided by two, one behind the other."""
    for name in diagram.deciding():
        ways = [way for way in diagram.flows_from(name) if way.get("id") != diagram.node(name).get("default")]
        if len(ways) > 1:
            edited = diagram.again()
            default = edited.node(edited.node(name).get("default"))
            last = edited.node(ways[-1].get("id"))
            xml = gateway("extra_gate", f"extra_extra_gate_{default.get('targetRef')}")
            xml += flow("extra_gate", default.get("targetRef"))
            last.set("sourceRef", "extra_gate")
            default.set("targetRef", "extra_gate")
            yield name, edited.add(last.getparent(), xml)


OPERATORS: tuple[Callable[[Diagram], Iterator[Edit]], ...] = (
    turned_comparison, not_not, bracketed, said_twice, other_order, implied, denied, chosen_by_if, two_ways,
    decided_later,
)
