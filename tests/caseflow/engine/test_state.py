"""The stored state: small, always the same bytes for the same case, and refused when it is not what was stored."""

from __future__ import annotations

import random
import subprocess
import sys

import orjson
import pytest

from caseflow.engine import state as states
from caseflow.engine import step
from caseflow.engine.expressions import Environment
from caseflow.engine.workflow import CaseWorkflow, Run, Values
from caseflow.errors import StepFailed
from tests.caseflow.engine.driver import MONDAY, RATING, Context, Driver, diagram

DIAGRAMS = [
    ("call", "call_called"), ("choice",), ("deadline_on_task",), ("loop",), ("nested_subprocesses",),
    ("one_message_two_waiting",), ("parallel",), ("parallel_in_loop",), ("return_at_most_once",),
    ("side_branch_with_a_person",), ("timer_that_gives_up",), ("waiting_in_the_flow",),
]


def loaded(case: Driver, state: bytes | None = None) -> Run:
    return states.load(case.last.state if state is None else state, Run(case.definition.inner), case.definition)


def sealed(case: dict) -> bytes:
    """A state with another content and a checksum that fits."""
    return states.seal(case)


def opened(state: bytes) -> dict:
    return orjson.loads(state)["case"]


def walk(case: Driver, seed: int, steps: int = 12, messages: bool = True) -> None:
    """Any actions that are possible, with values that fit."""
    random_ = random.Random(seed)
    for _ in range(steps):
        last = case.last
        actions = [("complete", t.element) for t in last.tasks] + [("fire", t.element) for t in last.timers]
        actions += [("deliver", m.message) for m in last.messages if messages]
        if not actions:
            return
        verb, name = random_.choice(actions)
        values = {}
        if verb == "complete":
            values = {
                f.id: {
                    "boolean": random_.random() < 0.5, "long": random_.randint(0, 9), "date": "2026-04-01",
                    "enum": random_.choice([*dict(f.choices), None]),
                }[f.type]
                for f in case.definition.user_tasks[name].form if f.decides
            }
        getattr(case, verb)(name, **values)


@pytest.mark.parametrize("names", DIAGRAMS, ids=lambda names: names[0])
def test_a_restored_case_is_stored_as_the_same_bytes(names):
    for seed in range(5):
        case = Driver(diagram(*names))
        walk(case, seed)
        for made in case.history:
            assert states.dump(loaded(case, made.state), case.definition.digest) == made.state


class Alive(Driver):
    """Keeps the case in memory from step to step and never reads its bytes back."""

    def __init__(self, definition):
        self.run = Run(definition.inner)
        self.run.use(Environment(now=MONDAY, visits=self.run.visits))
        self.run.top = CaseWorkflow(self.run, definition.process)
        self.run.last_write = 1
        self.run.top.begin(Values().written(RATING, 1))
        self.definition, self.history = definition, []
        self._rest()

    def complete(self, element, **values):
        task = next(t for t in self.run.tasks() if t.id == self.task(element).token)
        if values:
            self.run.last_write += 1
            task.data = task.data.written(values, self.run.last_write)
        task.run()
        self._rest()

    def fire(self, element):
        next(t for t in self.run.tasks() if t.id == self.timer(element).token)._ready()
        self._rest()

    def _rest(self):
        self.run.rest()
        self.history.append(step.inspect(self.definition, states.dump(self.run, self.definition.digest)))


@pytest.mark.parametrize("names", [n for n in DIAGRAMS if n[0] != "one_message_two_waiting"], ids=lambda n: n[0])
def test_a_case_kept_in_memory_and_one_restored_at_each_step_come_to_the_same_bytes(names):
    for seed in range(5):
        restored, alive = Driver(diagram(*names)), Alive(diagram(*names))
        walk(restored, seed, messages=False)
        walk(alive, seed, messages=False)
        assert [made.state for made in alive.history] == [made.state for made in restored.history]


SCRIPT = """
import hashlib
from tests.caseflow.engine.test_state import DIAGRAMS, walk
from tests.caseflow.engine.driver import Driver, diagram
for names in DIAGRAMS:
    case = Driver(diagram(*names)); walk(case, 7)
    print(hashlib.sha256(b"".join(made.state for made in case.history)).hexdigest())
"""


def test_another_process_with_another_hash_seed_makes_the_same_bytes():
    made = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT], env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True, check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(made) == 1


def test_a_long_loop_costs_no_more_at_its_end_than_at_its_beginning():
    case = Driver(diagram("loop"))
    sizes, tasks = [], []
    for number in range(2_000):
        if number % 3 == 0:
            case.fire("overdue")
        case.complete("rectify", again=True, round=number % 10)
        sizes.append(len(case.last.state))
        tasks.append(sum(1 for _ in loaded(case).tasks()))
        del case.history[:-1]
    assert max(tasks) == tasks[10]
    assert sizes[-1] - sizes[10] <= 60, "only the digits of counters grow"
    assert case.task("rectify").visit == 2_001


def test_a_long_loop_through_parallel_branches_costs_no_more_either():
    case = Driver(diagram("parallel_in_loop"))
    sizes = []
    for number in range(500):
        for element in random.Random(number).sample(["rectify", "feed_back", "explain"], 3):
            case.complete(element)
        case.complete("revisit", again=True)
        sizes.append(len(case.last.state))
        del case.history[:-1]
    assert sizes[-1] - sizes[10] <= 60


def test_numbers_of_tasks_are_never_used_twice():
    case = Driver(diagram("parallel_in_loop"))
    seen: set[int] = set()
    open_before: set[int] = set()
    for _ in range(20):
        for element in ("rectify", "feed_back", "explain"):
            case.complete(element)
        case.complete("revisit", again=True)
        now = {task.token for task in case.last.tasks}
        assert not (now - open_before) & seen
        seen |= now
        open_before = now


def test_a_state_holds_no_specs_and_no_finished_tasks():
    case = Driver(diagram("return_at_most_once"))
    case.complete("dispatch")
    assert [row[0] for row in opened(case.last.state)["rows"]] == ["revisit"]
    assert len(case.last.state) < 500


def test_a_state_of_another_definition_is_refused():
    case, other = Driver(diagram("loop")), diagram("parallel")
    with pytest.raises(StepFailed):
        step.inspect(other, case.last.state)


@pytest.mark.parametrize("state", [b"", b"{}", b"null", "text", None, b'{"v":2}', b"\xff" * 200, b"[" * 100_000])
def test_what_is_no_state_at_all_is_refused(state):
    with pytest.raises(StepFailed):
        step.inspect(diagram("loop"), state)


def test_a_state_of_another_version_is_refused():
    case = Driver(diagram("loop"))
    with pytest.raises(StepFailed):
        step.inspect(case.definition, case.last.state.replace(b'{"v":1', b'{"v":2', 1))


def test_a_thousand_damaged_states_are_all_refused():
    random_ = random.Random(20260302)
    cases = [Driver(diagram(*names)) for names in DIAGRAMS]
    for seed, case in enumerate(cases):
        walk(case, seed, 5)
    for _ in range(1_000):
        case = random_.choice(cases)
        original = random_.choice(case.history).state
        damaged = bytearray(original)
        kind = random_.choice(["cut", "flip", "byte", "insert", "swap"])
        place = random_.randrange(len(damaged))
        if kind == "cut":
            del damaged[place:]
        elif kind == "flip":
            damaged[place] ^= 1 << random_.randrange(8)
        elif kind == "byte":
            damaged[place] = (damaged[place] + random_.randrange(1, 255)) % 256
        elif kind == "insert":
            damaged[place:place] = random_.randbytes(random_.randrange(1, 9))
        else:
            other = random_.choice(cases).last.state
            damaged[place:] = other[place:]
        if bytes(damaged) == original or any(bytes(damaged) == other.last.state for other in cases):
            continue
        with pytest.raises(StepFailed):
            step.inspect(case.definition, bytes(damaged))


JUNK = [None, True, -1, 0, 1, 3, 2.5, 10**18, "", "join", "End", "rectify", "typename", [], {}, [1], {"a": 1}, [[]] * 3]


def damaged_somewhere(value, random_):
    """A copy with one part replaced, dropped or doubled, at a random depth."""
    if isinstance(value, dict) and value and random_.random() < 0.9:
        key = random_.choice(list(value))
        if random_.random() < 0.1:
            return {k: v for k, v in value.items() if k != key}
        if random_.random() < 0.1:
            return {("x" if k == key else k): v for k, v in value.items()}
        return {**value, key: damaged_somewhere(value[key], random_)}
    if isinstance(value, list) and value and random_.random() < 0.9:
        place = random_.randrange(len(value))
        if random_.random() < 0.1:
            return value[:place] + value[place + 1:]
        if random_.random() < 0.1:
            return value + [value[place]]
        return [*value[:place], damaged_somewhere(value[place], random_), *value[place + 1:]]
    return random_.choice(JUNK)


def test_a_thousand_states_with_a_wrong_content_under_a_right_checksum_do_no_harm():
    """What an attacker or an old version might write: refused, or a case that can still be stepped."""
    random_ = random.Random(4711)
    cases = [Driver(diagram(*names)) for names in DIAGRAMS]
    for seed, case in enumerate(cases):
        walk(case, seed + 100, 4)
    refused = 0
    for _ in range(1_000):
        case = random_.choice(cases)
        damaged = sealed(damaged_somewhere(opened(random_.choice(case.history).state), random_))
        try:
            looked = step.inspect(case.definition, damaged)
            for task in looked.tasks:
                step.complete(case.definition, damaged, task.token, {}, Context(MONDAY))
            for timer in looked.timers:
                step.fire(case.definition, damaged, timer.token, Context(MONDAY))
        except StepFailed:
            refused += 1
    assert refused > 500


@pytest.mark.parametrize(
    "change",
    [
        {"token": 3}, {"token": True}, {"token": "9"}, {"write": 0}, {"def": "0" * 32}, {"end": "nowhere"},
        {"final": 0}, {"rows": []}, {"rows": {}}, {"data": []}, {"visits": {"rectify": [1, 2]}},
        {"visits": {"rectify": [0, 0]}}, {"rows": [["unknown", 4, 0, 0, None]]},
        {"rows": [["round", 4, 0, 0, None]]}, {"rows": [["rectify", 4, 0, 4, 1]]},
        {"data": [{"typename": [{"typename": "x"}, 1]}]},
    ],
    ids=str,
)
def test_a_state_that_contradicts_itself_or_the_diagram_is_refused(change):
    case = Driver(diagram("loop"))
    with pytest.raises(StepFailed):
        step.inspect(case.definition, sealed(opened(case.last.state) | change))


@pytest.mark.parametrize("depth", [100, 400, 100_000])
def test_a_state_nested_far_too_deep_is_refused(depth):
    case = Driver(diagram("nested_subprocesses"))
    body = states.seal(opened(case.last.state) | {"rows": "@"})
    deep = b'[["handle",4,0,3,' * depth + b"[]" + b"]]" * depth
    inside = body[len(states.HEAD) + states.SUM_LENGTH + len(states.BODY) : -1].replace(b'"@"', deep)
    with pytest.raises(StepFailed):
        step.inspect(case.definition, states.enclose(inside))


def test_a_failed_step_leaves_the_state_it_was_given_as_good_as_before():
    case = Driver(diagram("waiting_in_the_flow"))
    before = bytes(case.last.state)
    with pytest.raises(StepFailed):
        case.complete("assign")
    assert case.last.state == before
    case.complete("assign", rectify_by="2026-03-20")
    assert case.timers == ["until_promised"]
