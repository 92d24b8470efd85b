"""What a diagram can still ask at each place: which variables its conditions and timers read from there on, and which
of their values make a difference. What nothing ahead reads is no part of a state."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from caseflow.engine.definition import Definition
from caseflow.engine.expressions import names_in
from caseflow.engine.expressions.language import parse
from caseflow.engine.specs import Catching, Choice, Subprocess, UserTask

VISITS = "visits:"          # a count of visits among the names of variables
BEGUN = "begun:"            # whether a task was there before, which its form asks
Place = tuple[str, str]     # process, spec


@dataclass
class Asked:
    """What all conditions and timers together ask.

    `texts` and `numbers` are the values a variable is held against; `related` are variables held against other
    variables, whose values therefore all count; `timed` are days held against days, and `reach` the largest distance
    between them that matters (None: no bound); `visits` the highest number a count is held against (None: no bound).
    """

    names: set[str] = field(default_factory=set)
    texts: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    numbers: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    related: set[str] = field(default_factory=set)
    timed: set[str] = field(default_factory=set)
    reach: int | None = 0
    visits: dict[str, int | None] = field(default_factory=dict)


class Reading:
    """A definition, read for a proof. `asked` is what all of it asks, `processes` are the specs by name; `rules` are
    those of forms that the answers told apart can break, by user task. `told` names further fields whose answers are.
    """

    def __init__(self, definition: Definition, told: Collection[str] = ()) -> None:
        self.definition, self.asked = definition, Asked()
        self.processes = {definition.process_id: definition.process, **definition.inner}
        self._hosts: dict[str, list[Place]] = defaultdict(list)
        self._reads: dict[Place, frozenset[str]] = {}
        for place, spec in self._specs():
            if isinstance(spec, Subprocess):
                self._hosts[spec.spec].append(place)
            self._reads[place] = self._read(spec)
        self.rules = form_rules(definition, self.asked.names | frozenset(told))
        for text in (text for texts in self.rules.values() for text in texts):
            self._read_text(text)
        self._always = frozenset(name for task, texts in self.rules.items() for text in texts
                                 for name in names_in(text) - {one.id for one in definition.user_tasks[task].form})
        self._before, self._after = self._flow()

    def live(self, place: Place) -> frozenset[str]:
        """The variables (and VISITS, BEGUN names) that may still be read once a task that rests here goes on; its own
        form overwrites what it asks for. What a rule of a form holds against earlier answers is kept in all branches:
        the newest of them counts."""
        return (self._before[place] if self._is_user(place) else self._after[place]) | self._always

    def after_all(self, process: str) -> frozenset[str]:
        """What may still be read when this process, run inside others, has ended."""
        return self._always.union(*(self._after[host] for host in self._hosts[process]))

    def once(self, task: str) -> bool:
        """Whether this task offers something at its first visit only (FormField.first_visit_only)."""
        return any(entry.first_visit_only for entry in self.definition.user_tasks[task].form)

    def _is_user(self, place: Place) -> bool:
        return isinstance(self.processes[place[0]].task_specs[place[1]], UserTask)

    def _specs(self) -> Iterator[tuple[Place, object]]:
        for name, process in self.processes.items():
            for spec in process.task_specs.values():
                yield (name, spec.name), spec

    def _read(self, spec) -> frozenset[str]:
        texts = []
        if isinstance(spec, Choice):
            texts = [condition.args[0] for condition, _ in spec.cond_task_specs if condition is not None]
        elif isinstance(spec, Catching) and spec.rests == "timer":
            texts = [spec.event_definition.expression]
        elif isinstance(spec, UserTask) and self.once(spec.name):
            return frozenset((BEGUN + spec.name,))
        return frozenset().union(*(self._read_text(text) for text in texts))

    def _read_text(self, text: str) -> set[str]:
        walk = _Walk(self.asked, self.definition.variables)
        walk.read(parse(text).node)
        return walk.found

    def _following(self, place: Place, spec) -> Iterator[Place]:
        """Where what is known here goes on to."""
        process = place[0]
        if isinstance(spec, Subprocess):
            yield spec.spec, "Start"
        else:
            yield from ((process, other.name) for other in spec.following)
        if spec.name == "End":
            for host in self._hosts[process]:
                spec = self.processes[host[0]].task_specs[host[1]]
                yield from ((host[0], other.name) for other in spec.following)

    def _flow(self) -> tuple[Mapping[Place, frozenset[str]], Mapping[Place, frozenset[str]]]:
        """For each place what is read from it on, and what is read behind it; backwards until nothing changes."""
        specs = dict(self._specs())
        ahead = {place: tuple(self._following(place, spec)) for place, spec in specs.items()}
        behind: dict[Place, set[Place]] = defaultdict(set)
        for place, following in ahead.items():
            for other in following:
                behind[other].add(place)
        before = dict.fromkeys(specs, frozenset())
        after = dict.fromkeys(specs, frozenset())
        waiting = set(specs)
        while waiting:
            place = waiting.pop()
            after[place] = frozenset().union(*(before[other] for other in ahead[place]))
            reads = self._reads[place] | (after[place] - self._written(place))
            if reads != before[place]:
                before[place] = reads
                waiting |= behind[place]
        for place, spec in specs.items():
            if isinstance(spec, Subprocess):
                after[place] = frozenset().union(*(before[place[0], other.name] for other in spec.following))
        return before, after

    def _written(self, place: Place) -> frozenset[str]:
        if not self._is_user(place):
            return frozenset()
        return frozenset(entry.id for entry in self.definition.user_tasks[place[1]].form if entry.decides)


def form_rules(definition: Definition, told: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """User task → the rules of its form that hold choices alone against each other, all of them among `told`.

    Rules over days and numbers narrow nothing here: whether such a rule leaves an answer is another question.
    """
    found = {task.element.id: tuple(rule.text for one in task.form for rule in one.rules
                                    if names_in(rule.text) <= set(told) and _of_choices(rule.text, definition))
             for task in definition.user_tasks.values()}
    return {task: texts for task, texts in found.items() if texts}


def _of_choices(text: str, definition: Definition) -> bool:
    """Whether a rule asks for choices only, each held against values that are written in it."""
    nodes = list(ast.walk(parse(text).node))
    compared = [node for node in nodes if isinstance(node, ast.Compare)]
    return all(definition.variables.get(name) in ("text", "boolean") for name in names_in(text)) and not any(
        isinstance(node, ast.Call) for node in nodes) and all(
        isinstance(node.left, ast.Name) and _constant(node.comparators[0]) for node in compared)


class _Walk:
    """Reads one expression into what is asked."""

    def __init__(self, asked: Asked, types: Mapping[str, str]) -> None:
        self.asked, self.types, self.found = asked, types, set()

    def read(self, node: ast.expr) -> None:
        if isinstance(node, ast.Name):
            self._name(node.id)
        elif isinstance(node, ast.Compare):
            self._compare(node)
        elif isinstance(node, ast.Call):
            self._call(node)
        else:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    self.read(child)

    def _name(self, name: str) -> None:
        self.found.add(name)
        self.asked.names.add(name)

    def _call(self, node: ast.Call) -> None:
        if node.func.id == "visits":
            self._count(node, None)
            return
        for part in [*node.args, *(keyword.value for keyword in node.keywords)]:
            self.read(part)
        if node.func.id == "days_between":
            self._days(node)

    def _days(self, node: ast.expr) -> None:
        self.asked.timed |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and part.id in self.types}

    def _count(self, call: ast.Call, limit: int | None) -> None:
        task = call.args[0].value
        known = self.asked.visits.get(task, 0)
        self.asked.visits[task] = None if limit is None or known is None else max(known, limit)
        self.found.add(VISITS + task)

    def _compare(self, node: ast.Compare) -> None:
        left, right = node.left, node.comparators[0]
        if not isinstance(right, ast.List) and not _constant(right) and _constant(left):
            left, right = right, left
        counts = _sum_of_counts(left)
        if counts and _constant(right) and not isinstance(right, ast.List):
            for call in counts:
                self._count(call, abs(_number(right)) + 1)
            return
        self.read(left)
        if _constant(right) and isinstance(left, ast.Name):
            self._held_against(left.id, right)
            return
        self.read(right)
        self._related(left, right)

    def _held_against(self, name: str, right: ast.expr) -> None:
        for item in right.elts if isinstance(right, ast.List) else [right]:
            if isinstance(item, ast.Constant) and isinstance(item.value, str):
                self.asked.texts[name].add(item.value)
            elif not (isinstance(item, ast.Constant) and isinstance(item.value, bool)):
                self.asked.numbers[name].add(_number(item))

    def _related(self, left: ast.expr, right: ast.expr) -> None:
        parts = [part for side in (left, right) for part in ast.walk(side)]
        names = {part.id for part in parts if isinstance(part, ast.Name) and part.id in self.types}
        dated = {name for name in names if self.types[name] == "date"}
        self.asked.timed |= dated
        self.asked.related |= names - dated
        if any(isinstance(part, ast.Call) and part.func.id == "days_between" for part in parts):
            plain = _constant(right) and isinstance(left, ast.Call)
            known = self.asked.reach
            self.asked.reach = max(known, _largest(right)) if plain and known is not None else None


def _constant(node: ast.expr) -> bool:
    if isinstance(node, ast.List):
        return True
    return isinstance(node, ast.Constant) or (isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant))


def _number(node: ast.expr) -> int:
    if isinstance(node, ast.UnaryOp):
        return -_number(node.operand)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, int) else 0


def _largest(node: ast.expr) -> int:
    return max(abs(_number(item)) for item in (node.elts if isinstance(node, ast.List) else [node]))


def _sum_of_counts(node: ast.expr) -> list[ast.Call]:
    """The counts of visits added up here; none at all when anything else is part of it."""
    if isinstance(node, ast.Call) and node.func.id == "visits":
        return [node]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _sum_of_counts(node.left), _sum_of_counts(node.right)
        return left + right if left and right else []
    return []
