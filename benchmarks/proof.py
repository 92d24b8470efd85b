"""How the proof grows with the diagram: states, moves and milliseconds of processor time.

    caseflow bench proof [--json]

The shipped diagrams with their rules; then made diagrams of four kinds in three sizes: tasks in a row, each with a
limit that escalates; branches in parallel, each of two tasks; loops in a row, each of which may go round twice; and
limits at one task. Each is proven with `always_ends()` and one rule of another kind.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import process_time

from benchmarks.measure import Goal, Report
from caseflow import proof as proofs
from caseflow.engine import definition as engine
from caseflow.law import regulations
from caseflow.proof import Bounds, Proof, Rule
from caseflow.workshop import proving

GOALS = {"slowest_shipped_ms": Goal(most=1_000), "row_of_40_over_10": Goal(most=6)}
WIDE = Bounds(states=50_000, moves=400_000)
HEAD = ('<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="urn:x">'
        '<bpmn:process id="bench_main" isExecutable="true">')


class Drawing:
    """A diagram put together from left to right; `at` is where it goes on."""

    def __init__(self) -> None:
        self.xml: list[str] = ['<bpmn:startEvent id="begin"/>']
        self.flows = 0
        self.at = "begin"

    def flow(self, source: str, target: str, condition: str = "") -> str:
        self.flows += 1
        inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
        self.xml.append(f'<bpmn:sequenceFlow id="f{self.flows}" sourceRef="{source}" targetRef="{target}">{inner}'
                        "</bpmn:sequenceFlow>")
        return f"f{self.flows}"

    def then(self, name: str, tag: str, inner: str = "", attributes: str = "") -> None:
        self.xml.append(f'<bpmn:{tag} id="{name}"{attributes}>{inner}</bpmn:{tag}>')
        self.flow(self.at, name)
        self.at = name

    def task(self, name: str, asks: str = "") -> None:
        field = f'<camunda:formField id="{asks}" label="再来" type="boolean"/>'
        form = f"<bpmn:extensionElements><camunda:formData>{field}</camunda:formData></bpmn:extensionElements>" \
            if asks else ""
        self.then(name, "userTask", form, f' name="{name}" camunda:candidateGroups="responsible.officer"')

    def limit(self, name: str, task: str, days: int, kind: str = "") -> None:
        marked = f'<camunda:properties><camunda:property name="limit" value="{kind}"/></camunda:properties>'
        self.xml.append(
            f'<bpmn:boundaryEvent id="{name}" attachedToRef="{task}" cancelActivity="false">'
            f"{f'<bpmn:extensionElements>{marked}</bpmn:extensionElements>' if kind else ''}"
            f"<bpmn:timerEventDefinition><bpmn:timeDate>working_days({days})</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
            f'<bpmn:serviceTask id="{name}_tell" camunda:type="external" camunda:topic="escalate"/>'
            f'<bpmn:endEvent id="{name}_told"/>')
        self.flow(name, f"{name}_tell")
        self.flow(f"{name}_tell", f"{name}_told")

    def done(self) -> engine.Definition:
        self.then("closed", "endEvent")
        source = HEAD + "".join(self.xml) + "</bpmn:process></bpmn:definitions>"
        return engine.load({"bench.bpmn": source.encode()}, trusted=True)


def row(tasks: int) -> engine.Definition:
    """Tasks one after the other, each with a limit."""
    drawing = Drawing()
    for number in range(tasks):
        drawing.task(f"task_{number}")
        drawing.limit(f"due_{number}", f"task_{number}", 5)
    return drawing.done()


def branches(number: int) -> engine.Definition:
    """Branches beside each other, each of two tasks."""
    drawing = Drawing()
    drawing.then("fork", "parallelGateway")
    for branch in range(number):
        drawing.at = "fork"
        drawing.task(f"task_{branch}" if branch else "task_0")
        drawing.task(f"after_{branch}")
    drawing.xml.append('<bpmn:parallelGateway id="join"/>')
    for branch in range(number):
        drawing.flow(f"after_{branch}", "join")
    drawing.at = "join"
    return drawing.done()


def loops(number: int) -> engine.Definition:
    """Loops one after the other; each may go back twice."""
    drawing = Drawing()
    for loop in range(number):
        drawing.then(f"back_{loop}", "exclusiveGateway")
        drawing.task(f"task_{loop}", asks=f"again_{loop}")
        drawing.then(f"which_{loop}", "exclusiveGateway", attributes=f' default="f{drawing.flows + 3}"')
        drawing.flow(f"which_{loop}", f"back_{loop}", f"again_{loop} and visits('task_{loop}') &lt; 3")
        drawing.then(f"on_{loop}", "serviceTask", attributes=' camunda:type="external" camunda:topic="remind"')
    return drawing.done()


def limits(number: int) -> engine.Definition:
    """One task with several limits: reminders, and the statutory one."""
    drawing = Drawing()
    drawing.task("task_0")
    for limit in range(number):
        drawing.limit(f"due_{limit}", "task_0", limit + 1, "reminder" if limit + 1 < number else "statutory")
    return drawing.done()


MADE: dict[str, tuple[Callable[[int], engine.Definition], tuple[int, ...]]] = {
    "tasks in a row": (row, (10, 20, 40)), "parallel branches": (branches, (2, 4, 6)),
    "loops in a row": (loops, (2, 8, 32)), "limits at one task": (limits, (2, 6, 10)),
}
RULES = (Rule("always_ends()", "GC-2(二)", ""), Rule("every_closed_case_had(task_0)", "GC-2(二)", ""))


def bench(rounds: int = 5, sizes: int = 3) -> Report:
    """Prove everything `rounds` times; the median counts. `sizes`: how many of each kind, the small first."""
    report = Report("proof", GOALS, database="no database")
    slowest = 0.0
    for key, regulation in regulations.all_regulations().items():
        for name, rules in regulation.rules.items():
            process = engine.load(regulations.files(key), trusted=True, process_id=f"{key}_{name}")
            took, proof = _timed(lambda made=process, law=regulation: proving.prove(law, made), rounds)
            slowest = max(slowest, took)
            report.notes.append(_note(f"{key} {name}, {len(rules)} rules", took, proof))
    report.figures["slowest_shipped_ms"] = slowest
    took_by: dict[tuple[str, int], float] = {}
    for kind, (make, all_sizes) in MADE.items():
        for size in all_sizes[:sizes]:
            made = make(size)
            took, proof = _timed(lambda made=made: proofs.prove(made, RULES, WIDE), rounds)
            took_by[kind, size] = took
            report.notes.append(_note(f"{size} {kind}", took, proof))
    if sizes >= 3:
        report.figures["row_of_40_over_10"] = took_by["tasks in a row", 40] / took_by["tasks in a row", 10]
    return report


def _timed(run: Callable[[], Proof], rounds: int) -> tuple[float, Proof]:
    """Milliseconds of processor time, the median of the rounds, and what was proven."""
    took = []
    for _ in range(rounds):
        began = process_time()
        proof = run()
        took.append((process_time() - began) * 1_000)
    return median(took), proof


def _note(name: str, took: float, proof: Proof) -> str:
    kept = "" if proof.complete and proof.holds else " (not proven)"
    return f"{name:36} {proof.states:7,} states {proof.moves:8,} moves {took:9,.1f} ms{kept}"
