"""How a scenario is written: TOML that a designer reads and edits. Strict: what is unknown or misspelt is refused.

    name = "简单事项，按时办结"
    process = "rectification"          # 流程 id 去掉地方
    article = "GC-2(二)"               # 可不写；note 也是

    [[acts]]
    do = "start"
    at = 2026-03-02 09:00:00           # 上海时间
    answers = { level = "dissatisfied", real_name = true }

    [[acts]]
    do = "complete"
    task = "first_response"
    post = "responsible.officer"
    after = "3 hours"
    answers = { outcome = "simple", contact_channel = "phone", findings = "情况属实。" }

    [expect]
    outcome = "closed_resolved"        # 没有办结写 "open"
    tasks = ["first_response", "rectify", "revisit"]
    due_by = { first_response_due = 2026-03-04 }
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from caseflow.errors import ConfigurationError
from caseflow.law.rating_levels import HANDLED_IN
from caseflow.law.strict_toml import ARTICLE, SNAKE_CASE, Table, load
from caseflow.moments import SHANGHAI
from caseflow.processes.asked import UPHELD
from caseflow.raters import reaching
from caseflow.trials.tryout import DOING, MOST_ACTS, Act

OPEN = "open"                     # the outcome of a run that has not ended
LONGEST_FILE = 64 * 1024          # bytes
LONGEST_NAME = 60                 # characters
ELEMENT = r"[A-Za-z_][A-Za-z0-9_]*"
POST = r"[a-z][a-z0-9_]*\.[a-z]+"
PAUSE = {"day": timedelta(days=1), "hour": timedelta(hours=1), "minute": timedelta(minutes=1)}
ALLOWED = {
    "start": {"at", "answers", "phone"},
    "complete": {"at", "after", "task", "post", "answers", "late_reason"},
    "deadline": set(),
    "wait": {"at", "after"},
    "message": {"at", "after", "message"},
    "stop": {"at", "after", "category", "reason"},
    "resume": {"at", "after", "reason"},
    "attempt": {"at", "after", "channel", "result", "note"},
}


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a run must show; None or empty: not looked at.

    `tasks` (opened), `fired` (deadlines) and `effects` (topics) come in this order, whatever else comes between.
    `due` is each due moment of a deadline in turn (a day, or an aware moment), `due_by` the latest it may be.
    """

    outcome: str | None = None
    tasks: tuple[str, ...] = ()
    fired: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    due: Mapping[str, tuple[date | datetime, ...]] = field(default_factory=dict)
    due_by: Mapping[str, tuple[date | datetime, ...]] = field(default_factory=dict)
    at_most: Mapping[str, int] = field(default_factory=dict)
    never: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named run of one process (its id without the place). `key` is the name of its file."""

    key: str
    name: str
    process: str
    article: str
    note: str
    acts: tuple[Act, ...]
    expect: Expectation


def read(file: Path) -> Scenario:
    """The scenario of a file; ConfigurationError names the file, the key and what is wrong."""
    if file.stat().st_size > LONGEST_FILE:
        raise ConfigurationError(f"{file}: has more than {LONGEST_FILE} bytes", file=str(file))
    return _scenario(load(file), file.stem)


def parse(text: str, key: str) -> Scenario:
    """The scenario of a text that was kept; ConfigurationError as `read`."""
    try:
        return _scenario(Table(Path(f"{key}.toml"), tomllib.loads(text)), key)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{key}.toml: {error}") from None


def parse_acts(text: str) -> tuple[Act, ...]:
    """The acts of a run that is still going on, as `write_acts` wrote them."""
    return _acts(Table(Path("run.toml"), tomllib.loads(text)))


def _scenario(top: Table, key: str) -> Scenario:
    if not re.fullmatch(SNAKE_CASE, key):
        raise top.refuse("name", f"the file's name {key!r} must be snake_case")
    name = top.text("name")
    if len(name) > LONGEST_NAME:
        raise top.refuse("name", f"has more than {LONGEST_NAME} characters")
    scenario = Scenario(
        key, name, top.matching("process", SNAKE_CASE, HANDLED_IN),
        top.matching("article", ARTICLE, "GC-2(二)") if "article" in top.values else "", top.text("note", ""),
        _acts(top), _expectation(top.table("expect")))
    top.end()
    return scenario


def _acts(top: Table) -> tuple[Act, ...]:
    listed = top.take("acts", list)
    if not 1 <= len(listed) <= MOST_ACTS:
        raise top.refuse("acts", f"must be 1 to {MOST_ACTS}")
    tables = [Table(top.file, values if isinstance(values, dict) else {}, f"acts[{number}]")
              for number, values in enumerate(listed, 1)]
    return tuple(_act(table) for table in tables)


def _act(table: Table) -> Act:
    do = table.one_of("do", DOING)
    for key in table.values:
        if key not in ALLOWED[do]:
            raise table.refuse(key, f"is not known for {do}; is it misspelt?")
    at, after = _moment(table), _pause(table)
    if at and after:
        raise table.refuse("after", "stands beside at; leave one of them out")
    return Act(
        do, at, after,
        task=table.matching("task", ELEMENT, "a_task") if do == "complete" else "",
        post=table.matching("post", POST, "responsible.officer") if "post" in table.values else "",
        answers=_answers(table), late_reason=table.text("late_reason", ""),
        message=table.matching("message", ELEMENT, UPHELD) if do == "message" else "",
        phone=table.take("phone", bool, False), category=table.text("category", ""), reason=table.text("reason", ""),
        channel=table.one_of("channel", reaching.CHANNELS) if "channel" in table.values else reaching.TELEPHONE,
        result=table.one_of("result", reaching.RESULTS) if do == "attempt" else "", note=table.text("note", ""))


def _moment(table: Table) -> datetime | None:
    moment = table.take("at", datetime, None)
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).astimezone(UTC)


def _pause(table: Table) -> timedelta | None:
    if "after" not in table.values:
        return None
    text = table.text("after")
    found = re.fullmatch(r"(\d{1,5}) (minute|hour|day)s?", text)
    if not found:
        raise table.refuse("after", f"must be like \"3 hours\" (minutes, hours, days), not {text!r}")
    return int(found[1]) * PAUSE[found[2]]


def _answers(table: Table) -> dict[str, object]:
    answers = table.take("answers", dict, {})
    for name, value in answers.items():
        if type(value) not in (str, bool, int):
            raise table.refuse(f"answers.{name}", f"must be a text, a whole number, true or false, not {value!r}")
    return answers


def _expectation(table: Table) -> Expectation:
    def names(key: str) -> tuple[str, ...]:
        listed = table.take(key, list, [])
        if not all(isinstance(name, str) and re.fullmatch(ELEMENT, name) for name in listed):
            raise table.refuse(key, f"must be a list of ids, not {listed!r}")
        return tuple(listed)

    if not table.values:
        raise table.refuse("outcome", "or another expectation is needed")
    expect = Expectation(
        outcome=table.matching("outcome", ELEMENT, "an_end") if "outcome" in table.values else None,
        tasks=names("tasks"), fired=names("fired"), effects=names("effects"), due=_due(table, "due"),
        due_by=_due(table, "due_by"), at_most=_at_most(table), never=names("never"))
    table.end()
    return expect


def _due(table: Table, key: str) -> dict[str, tuple[date | datetime, ...]]:
    due = {}
    for element, value in table.take(key, dict, {}).items():
        moments = value if isinstance(value, list) else [value]
        if not moments or not all(type(moment) in (date, datetime) for moment in moments):
            raise table.refuse(f"{key}.{element}", f"must be a day or a moment, or a list of them, not {value!r}")
        due[element] = tuple(_aware(moment) for moment in moments)
    return due


def _aware(moment: date | datetime) -> date | datetime:
    if not isinstance(moment, datetime):
        return moment
    return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).astimezone(UTC)


def _at_most(table: Table) -> dict[str, int]:
    most = table.take("at_most", dict, {})
    for element, times in most.items():
        if type(times) is not int or times < 0:
            raise table.refuse(f"at_most.{element}", f"must be a number of times, not {times!r}")
    return most


# --- writing ------------------------------------------------------------------------------------------------------


def write(scenario: Scenario) -> str:
    """The file of a scenario, which `read` reads as the same."""
    heading = [f"name = {_value(scenario.name)}", f"process = {_value(scenario.process)}"]
    heading += [f"{key} = {_value(text)}" for key, text in (
        ("article", scenario.article), ("note", scenario.note)) if text]
    expect = scenario.expect
    lines = ["", "[expect]"]
    lines += [f"{key} = {_value(value)}" for key, value in (
        ("outcome", expect.outcome), ("tasks", expect.tasks), ("fired", expect.fired), ("effects", expect.effects),
        ("never", expect.never)) if value]
    for key, table in (("due", expect.due), ("due_by", expect.due_by), ("at_most", expect.at_most)):
        if table:
            lines += ["", f"[expect.{key}]", *(f"{name} = {_value(_single(value))}" for name, value in table.items())]
    return "\n".join(heading) + "\n" + write_acts(scenario.acts) + "\n".join(lines) + "\n"


def write_acts(acts: Iterable[Act]) -> str:
    """These acts alone."""
    return "".join("\n[[acts]]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in _spelt(act)) for act in acts)


def _spelt(act: Act) -> Iterable[tuple[str, object]]:
    given = {"do": act.do, "at": act.at, "after": _spell(act.after), "task": act.task, "post": act.post,
             "message": act.message, "late_reason": act.late_reason, "phone": act.phone, "category": act.category,
             "reason": act.reason, "channel": act.channel if act.do == "attempt" else "", "result": act.result,
             "note": act.note, "answers": dict(act.answers)}
    return [(key, value) for key, value in given.items() if value]


def _spell(pause: timedelta | None) -> str:
    """A pause in the largest unit that counts it without a rest."""
    if not pause:
        return ""
    unit = next((name for name, length in PAUSE.items() if not pause % length), "minute")
    count = pause // PAUSE[unit]
    return f"{count} {unit}{'s' if count > 1 else ''}"


def _single(value: object) -> object:
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value


def _value(value: object) -> str:
    """A value in TOML. JSON's spelling of texts, numbers and yes/no is TOML's too, but for DEL, which no form takes."""
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        listed = [_value(item) for item in value]
        return f"[{', '.join(listed)}]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_value(item)}" for name, item in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
