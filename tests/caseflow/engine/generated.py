"""Random diagrams of the dialect: well nested, bounded, each with variables of its own in every branch.

Left out on purpose is only what stock SpiffWorkflow is known to do wrongly (parallel joins inside loops, branches that
write a variable older than their fork); test_pitfalls.py holds our engine to the right answer there.
"""

from __future__ import annotations

import random

from tests.caseflow.engine.builder import Scope

LARGE = 50
DEADLINES = ["working_days(5)", "hours(3)", "calendar_days(7, since=received_at)"]


class Generator:
    """One random diagram. `people_aside` tells whether a side branch has a task for a person in it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.numbers = 0
        self.people_aside = False
        self.top = Scope()
        self.top.start()
        self.top.end("closed_resolved")
        entry, exit = self.sequence(self.top, 3, in_loop=False, top=True)
        self.top.flow("begin", entry)
        self.top.flow(exit, "closed_resolved")

    @property
    def source(self) -> bytes:
        return self.top.source()

    def name(self, kind: str) -> str:
        self.numbers += 1
        return f"{kind}_{self.numbers}"

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def sequence(self, scope: Scope, depth: int, *, in_loop: bool, top: bool = False) -> tuple[str, str]:
        blocks = [self.block(scope, depth, in_loop, top) for _ in range(self.random.randint(1, 3 if depth > 1 else 2))]
        for (_, left), (right, _) in zip(blocks, blocks[1:], strict=False):
            scope.flow(left, right)
        return blocks[0][0], blocks[-1][1]

    def block(self, scope: Scope, depth: int, in_loop: bool, top: bool) -> tuple[str, str]:
        kinds = [self.task, self.task, self.waiting]
        if depth > 0 and self.numbers < LARGE:
            kinds += [self.choice, self.loop, self.subprocess, self.subprocess]
            kinds += [] if in_loop else [self.parallel, self.parallel]
        return self.random.choice(kinds)(scope, depth - 1, in_loop, top)

    def task(self, scope: Scope, depth: int, in_loop: bool, top: bool) -> tuple[str, str]:
        name = self.name("task")
        number = name.split("_")[1]
        scope.user(name, **{f"flag_{number}": "boolean", f"count_{number}": "long"})
        return self.border(scope, name, top)

    def border(self, scope: Scope, name: str, top: bool) -> tuple[str, str]:
        """Perhaps some events at the border of an activity; those that interrupt lead to where it would have led."""
        exit = name
        for _ in range(self.random.choice([0, 0, 1, 1, 2])):
            if self.chance(0.5):
                self.side_branch(scope, name, top)
            else:
                exit = self.interruption(scope, name, exit)
        return name, exit

    def side_branch(self, scope: Scope, name: str, top: bool) -> None:
        late, told, end = self.name("late"), self.name("tell"), self.name("told")
        scope.deadline(late, name, self.random.choice(DEADLINES))
        scope.effect(told)
        scope.end(end)
        scope.flow(late, told)
        if top and self.chance(0.3):
            person = self.name("aside")
            scope.user(person)
            scope.flow(told, person, end)
            self.people_aside = True
        else:
            scope.flow(told, end)

    def interruption(self, scope: Scope, name: str, exit: str) -> str:
        event, then = self.name("stop"), self.name("instead")
        if self.chance(0.5):
            scope.deadline(event, name, "end_of_day()", interrupting=True)
        else:
            scope.interruption(event, name, self.name("message"))
        if self.chance(0.5):
            scope.user(then)
        else:
            scope.effect(then)
        if exit == name:
            exit = self.name("merge")
            scope.choice(exit)
            scope.flow(name, exit)
            self.onward(scope, exit)
            scope.flow(event, then, exit)
            return f"{exit}_on"
        merge = exit.removesuffix("_on")
        scope.flow(event, then, merge)
        return exit

    def onward(self, scope: Scope, merge: str) -> None:
        """A gateway that only merges needs a flow of its own onward: an effect follows it."""
        scope.effect(f"{merge}_on", "remind")
        scope.flow(merge, f"{merge}_on", default=True)

    def waiting(self, scope: Scope, depth: int, in_loop: bool, top: bool) -> tuple[str, str]:
        name = self.name("wait")
        if self.chance(0.5):
            scope.timer(name, self.random.choice(["working_days(2)", "end_of_day()"]))
        else:
            scope.message(name, self.name("message"))
        return name, name

    def choice(self, scope: Scope, depth: int, in_loop: bool, top: bool) -> tuple[str, str]:
        first, asked = self.task(scope, depth, in_loop, top)
        number = first.split("_")[1]
        split, merge = self.name("split"), self.name("merge")
        scope.choice(split)
        scope.choice(merge)
        scope.flow(asked, split)
        tests = [f"flag_{number} == True", f"count_{number} > 4 or is_empty(flag_{number})"]
        for test in tests[: self.random.randint(1, 2)]:
            entry, exit = self.sequence(scope, depth, in_loop=in_loop, top=top)
            scope.flow(split, entry, when=test)
            scope.flow(exit, merge)
        entry, exit = self.sequence(scope, depth, in_loop=in_loop, top=top)
        scope.flow(split, entry, default=True)
        scope.flow(exit, merge)
        self.onward(scope, merge)
        return first, f"{merge}_on"

    def loop(self, scope: Scope, depth: int, in_loop: bool, top: bool) -> tuple[str, str]:
        back, last, again = self.name("back"), self.name("task"), self.name("again")
        number = last.split("_")[1]
        scope.choice(back)
        scope.user(last, **{f"flag_{number}": "boolean"})
        scope.choice(again)
        self.onward(scope, back)
        entry, exit = self.sequence(scope, depth, in_loop=True, top=top)
        scope.flow(f"{back}_on", entry)
        scope.flow(exit, last, again)
        scope.flow(again, back, when=f"flag_{number} == True and visits('{last}') < 3")
        scope.effect(f"{again}_done", "remind")
        scope.flow(again, f"{again}_done", default=True)
        return back, f"{again}_done"

    def subprocess(self, scope: Scope, depth: int, in_loop: bool, top: bool) -> tuple[str, str]:
        name = self.name("sub")
        inner = scope.sub(name)
        inner.start(f"{name}_begin")
        inner.end(f"{name}_done")
        entry, exit = self.sequence(inner, depth, in_loop=in_loop)
        inner.flow(f"{name}_begin", entry)
        inner.flow(exit, f"{name}_done")
        return self.border(scope, name, top)

    def parallel(self, scope: Scope, depth: int, in_loop: bool, top: bool) -> tuple[str, str]:
        fork, join = self.name("fork"), self.name("join")
        scope.parallel(fork)
        scope.parallel(join)
        for _ in range(self.random.randint(2, 3)):
            entry, exit = self.sequence(scope, depth, in_loop=in_loop, top=False)
            scope.flow(fork, entry)
            scope.flow(exit, join)
        return fork, join
