"""What a regulation.toml says, as values, and how it is read. Whatever is missing, misspelt or of the wrong kind
is a ConfigurationError that names the file and the key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from types import MappingProxyType
from typing import Any

from caseflow.law import supervision_rules
from caseflow.law.appeal_rules import AppealRules, appeal
from caseflow.law.branch_rules import BranchRules, branches
from caseflow.law.case_numbers import number_format
from caseflow.law.milestones import Milestones, milestones
from caseflow.law.person_rules import Apart, apart
from caseflow.law.place_words import Validity, short_names, validity
from caseflow.law.rating_levels import HANDLED_IN, RATING_LEVELS
from caseflow.law.rule_tables import rules
from caseflow.law.strict_toml import SNAKE_CASE, Table, load
from caseflow.law.supervision_rules import SupervisionRules
from caseflow.law.waiting_rules import WaitingRules, waiting
from caseflow.law.watched import Unwatched, article_areas, left, read_articles, unwatched
from caseflow.proof import Rule

UNIT_LEVELS = ("province", "city", "district", "town", "village")  # HN-2
SUPERVISORS = ("lead", "unit", "nobody")
STAND_INS = ("officer", "supervisor")    # who may do a task where nobody else can
LONGEST_EXTENSION = 60      # working days
LONGEST_LADDER = 10         # working days
LATE_RATINGS = ("replace_default", "keep_apart")
MOVED = {"revisit_tasks": "now stands in [milestones.rectification.revisited] as tasks, with result and article"}


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """An office. `key` is its name in the diagrams and this file, `parent` another unit's key or ""."""

    key: str
    name: str
    code: str
    level: str
    area_code: str
    parent: str


@dataclass(frozen=True, slots=True)
class SampleBranch:
    """An office of the demo, and which kind of branch it is in its area."""

    unit: UnitEntry
    kind: str


@dataclass(frozen=True, slots=True)
class DefaultRating:
    """What an unrated service counts as after `working_days`; `counted`: whether it enters the satisfaction rate."""

    level: str
    working_days: int
    counted: bool
    article: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A question the text leaves open: the answer chosen here, the article it belongs to, and the reason."""

    value: str | int | bool
    article: str
    note: str


@dataclass(frozen=True, slots=True)
class Unreachable:
    """When a rater counts as unreachable: after so many attempts in vain, on so many days."""

    attempts: int
    days: int
    article: str
    note: str


@dataclass(frozen=True, slots=True)
class ClockRules:
    """Whether the clock of a deadline may be stopped: by the supervisors of which office, and for what.

    `by` is lead (the lead office), unit (the responsible unit too) or nobody; `categories`: key → words.
    """

    by: str
    categories: Mapping[str, str]
    article: str
    note: str


@dataclass(frozen=True, slots=True)
class ExtensionRules:
    """Whether a deadline may be extended: by whom (as ClockRules.by), how often, by how many working days each time.

    `tell_rater`: the office that is in contact with the rater has to tell them.
    """

    by: str
    most_times: int
    longest: int
    tell_rater: bool
    article: str
    note: str


@dataclass(frozen=True, slots=True)
class LadderRules:
    """When those who have a task are reminded, in working days: before it is due, and after, to rising levels.

    At the due moment itself the diagrams escalate.
    """

    before: int
    after_unit: int
    after_lead: int
    article: str
    note: str


@dataclass(frozen=True, slots=True)
class Regulation:
    """One place's rules. Dates are days of Shanghai; `areas` are prefixes of area codes, the longest match wins.

    `lead` is the unit that supervises. `contact_through` names the office through which alone the rater is contacted
    (HN-14), itself or by its branches. `branches` are the offices that lanes name by area. `short_names`: locale → how
    people call the place, "zh" always. `validity` is what `valid_to` rests on. `milestones`: process name → which
    tasks are what. A case needs one of `revisit_tasks`, if there are any, done before it closes, except with an
    outcome of `closed_without_revisit`. `unreachable` is None where the file sets no rule, `appeal` where it is
    silent. Without `clock` or `extension` no deadline is stopped or extended; without `ladder` nobody is reminded,
    without `waiting` not of what has no limit; without `supervision` nothing of it is offered. `responsible_units` are
    the departments of the sample feeds, `sample_branches` the branches of their areas, both for the demo. `articles`:
    code → exact words; `article_areas`: code → what it is about. `rules`: process name ("rectification", "appeal") →
    what caseflow.proof proves of its diagram; `apart`: those of them that hold at run time too, about persons.
    `unwatched`: the words of articles that no rule watches, with reasons.
    """

    key: str
    name: str
    short_names: Mapping[str, str]
    document_no: str
    issuer: str
    issued: date
    valid_from: date
    valid_to: date | None
    validity: Validity | None
    after_expiry: str
    areas: tuple[str, ...]
    calendar: str
    close_of_business: time | None
    bad_levels: tuple[str, ...]
    default_rating: DefaultRating | None
    lead: str
    number_format: str
    contact_through: str | None
    milestones: Mapping[str, Milestones]
    closed_without_revisit: tuple[str, ...]
    unreachable: Unreachable | None
    appeal: AppealRules | None
    clock: ClockRules | None
    extension: ExtensionRules | None
    ladder: LadderRules | None
    waiting: WaitingRules | None
    supervision: SupervisionRules | None
    units: Mapping[str, UnitEntry]
    branches: Mapping[str, BranchRules]
    responsible_units: tuple[UnitEntry, ...]
    sample_branches: tuple[SampleBranch, ...]
    parameters: Mapping[str, Parameter]
    articles: Mapping[str, str]
    article_areas: Mapping[str, tuple[str, ...]]
    rules: Mapping[str, tuple[Rule, ...]]
    apart: Mapping[str, tuple[Apart, ...]]
    unwatched: tuple[Unwatched, ...]

    @property
    def unexplained(self) -> tuple[tuple[str, str], ...]:
        """(article, words) of handling, revisit and appeal that no rule watches and no mark explains."""
        return tuple(left(self.articles, self.article_areas, self.rules, self.unwatched))

    @property
    def late_rating(self) -> str:
        """What becomes of a default when the rater still speaks: of LATE_RATINGS, keep_apart where nothing is said."""
        parameter = self.parameters.get("late_rating")
        return "keep_apart" if parameter is None else str(parameter.value)

    @property
    def revisit_tasks(self) -> tuple[str, ...]:
        """The tasks that are the revisit of a rectification."""
        return self.milestones[HANDLED_IN].revisited.tasks

    def is_over(self, day: date) -> bool:
        """Whether its last day lies before this one; one without a last day is never over."""
        return self.valid_to is not None and day > self.valid_to

    @property
    def contact_office(self) -> str | None:
        """The key of the office that has the contact with the rater of a case: where `contact_through` has branches,
        the one of the area. None where the text names no such office."""
        branches = (key for key, rules in self.branches.items() if rules.otherwise == self.contact_through)
        return next(branches, self.contact_through)

    @property
    def offices(self) -> Mapping[str, str]:
        """Key → name of all that a lane can name beside the responsible unit: units, and branches by rule."""
        return {**{key: unit.name for key, unit in self.units.items()},
                **{key: rules.name for key, rules in self.branches.items()}}


def read(file: Path) -> Regulation:
    """The regulation of one file; its key is the name of the folder."""
    top = load(file)
    if not re.fullmatch(SNAKE_CASE, file.parent.name):
        raise top.refuse("key", f"the folder's name {file.parent.name!r} must be snake_case")
    for key in MOVED.keys() & top.values.keys():
        raise top.refuse(key, MOVED[key])
    units = {key: _unit(key, table) for key, table in top.tables("units").items()}
    responsible = {key: _unit(key, table) for key, table in top.tables("responsible_units").items()}
    rules_of_branches = branches(top, units)
    samples = _sample_branches(top, rules_of_branches)
    _check_tree(top, {"units": units.values(), "sample_branches": [sample.unit for sample in samples],
                      "responsible_units": responsible.values()})
    regulation = Regulation(
        key=file.parent.name, **_heading(top), **_ratings(top), lead=_office(top, "lead", units),
        contact_through=_office(top, "contact_through", units) if "contact_through" in top.values else None,
        calendar=top.text("calendar"), number_format=number_format(top),
        close_of_business=top.take("close_of_business", time, None),
        milestones=milestones(top),
        closed_without_revisit=top.texts("closed_without_revisit", SNAKE_CASE, empty=True),
        unreachable=_unreachable(top), appeal=appeal(top, {*units, *rules_of_branches}), clock=_clock(top),
        extension=_extension(top), ladder=_ladder(top), waiting=waiting(top),
        supervision=supervision_rules.read(top, units, rules_of_branches), units=MappingProxyType(units),
        branches=rules_of_branches, responsible_units=tuple(responsible.values()), sample_branches=samples,
        parameters=MappingProxyType({key: _parameter(table) for key, table in top.tables("parameters").items()}),
        articles=(articles := read_articles(top)), article_areas=(areas := article_areas(top, articles)),
        rules=(found := rules(top, articles)), apart=apart(found),
        unwatched=unwatched(top, articles, areas, found))
    top.end()
    if regulation.late_rating not in LATE_RATINGS:
        raise top.refuse("parameters.late_rating.value", f"must be one of {', '.join(LATE_RATINGS)}")
    readings = {rule.reading for found in regulation.rules.values() for rule in found if rule.reading}
    if readings - regulation.parameters.keys():
        raise top.refuse("rules", f"{sorted(readings - regulation.parameters.keys())[0]!r} is not among the parameters")
    _check_fallbacks(top, regulation)
    for process in regulation.milestones.keys() - regulation.rules.keys() if regulation.rules else ():
        raise top.refuse(f"milestones.{process}", f"there are no [[rules.{process}]]; is the name misspelt?")
    return regulation


def _heading(top: Table) -> dict[str, Any]:
    heading = {
        "name": top.text("name"), "short_names": short_names(top),
        "document_no": top.text("document_no", empty=True), "issuer": top.text("issuer"),
        "issued": top.take("issued", date), "valid_from": top.take("valid_from", date),
        "valid_to": top.take("valid_to", date, None), "areas": top.texts("areas", r"\d{2,12}")}
    if heading["valid_to"] is None:
        return heading | {"after_expiry": "continue", "validity": None}
    if heading["valid_to"] < heading["valid_from"]:
        raise top.refuse("valid_to", "lies before valid_from")
    return heading | {"after_expiry": top.one_of("after_expiry", ("continue", "refuse")), "validity": validity(top)}


def _ratings(top: Table) -> dict[str, Any]:
    bad = top.texts("bad_levels", "|".join(RATING_LEVELS))
    if "default_rating" not in top.values:
        return {"bad_levels": bad, "default_rating": None}
    table = top.table("default_rating")
    default = DefaultRating(
        table.one_of("level", RATING_LEVELS), table.take("working_days", int), table.take("counted", bool),
        table.article())
    if default.working_days < 1:
        raise table.refuse("working_days", "must be at least 1")
    table.end()
    return {"bad_levels": bad, "default_rating": default}


def _unit(key: str, table: Table) -> UnitEntry:
    unit = UnitEntry(key, table.text("name"), table.text("code"), table.one_of("level", UNIT_LEVELS),
                     table.matching("area_code", r"\d{12}", "341702000000"), table.text("parent", ""))
    table.end()
    return unit


def _sample_branches(top: Table, rules: Mapping[str, BranchRules]) -> tuple[SampleBranch, ...]:
    if "sample_branches" not in top.values:
        return ()
    kinds = tuple(kind for one in rules.values() for kind in one.kinds)
    found = []
    for key, table in top.tables("sample_branches").items():
        kind = table.one_of("kind", kinds)
        found.append(SampleBranch(_unit(key, table), kind))
    return tuple(found)


def _check_tree(top: Table, tables: Mapping[str, Iterable[UnitEntry]]) -> None:
    """Parents stand before their children, so that there is no circle; keys and codes are unique."""
    known: set[str] = set()
    codes: set[str] = set()
    for table, unit in ((table, unit) for table, entries in tables.items() for unit in entries):
        if unit.parent and unit.parent not in known:
            raise top.refuse(f"{table}.{unit.key}.parent", f"{unit.parent!r} is not a unit described above it")
        if unit.key in known or unit.key == "responsible":
            raise top.refuse(f"{table}.{unit.key}", "this key is taken")
        if unit.code in codes:
            raise top.refuse(f"{table}.{unit.key}.code", "another unit has this code")
        known.add(unit.key)
        codes.add(unit.code)


def _office(top: Table, key: str, units: Mapping[str, UnitEntry]) -> str:
    value = top.text(key)
    if value not in units:
        raise top.refuse(key, f"{value!r} is not among units: {', '.join(units)}")
    return value


def _check_fallbacks(top: Table, regulation: Regulation) -> None:
    """Who does a task where nobody else can must see the case: someone of the lead office, or who supervises it."""
    above, unit = set(), regulation.units[regulation.lead]
    while unit.parent:
        above.add(unit.parent)
        unit = regulation.units[unit.parent]
    for post in (rule.fallback for found in regulation.apart.values() for rule in found if rule.fallback):
        office, _, role = post.partition(".")
        if office not in regulation.units or role not in STAND_INS:
            raise top.refuse("rules", f"else={post} is no post of officers or supervisors at a unit of this file")
        if office != regulation.lead and (office not in above or role != "supervisor"):
            raise top.refuse("rules", f"who has the post else={post} does not see every case: name one of "
                                      f"{regulation.lead}, or the supervisors of a unit above it")


def _unreachable(top: Table) -> Unreachable | None:
    if "unreachable" not in top.values:
        return None
    table = top.table("unreachable")
    rule = Unreachable(table.take("attempts", int), table.take("days", int), table.article(), table.text("note"))
    if not 1 <= rule.days <= rule.attempts <= 99:
        raise table.refuse("attempts", "must be 1 to 99, and no less than days")
    table.end()
    return rule


def _clock(top: Table) -> ClockRules | None:
    if "clock" not in top.values:
        return None
    table = top.table("clock")
    words = table.table("categories")
    categories = {key: words.text(key) for key in words.keys(SNAKE_CASE)}
    rules = ClockRules(table.one_of("by", SUPERVISORS), MappingProxyType(categories), table.article(),
                       table.text("note"))
    table.end()
    return rules


def _extension(top: Table) -> ExtensionRules | None:
    if "extension" not in top.values:
        return None
    table = top.table("extension")
    rules = ExtensionRules(
        table.one_of("by", SUPERVISORS), table.take("most_times", int), table.take("longest", int),
        table.take("tell_rater", bool), table.article(), table.text("note"))
    if rules.most_times < 0 or not 1 <= rules.longest <= LONGEST_EXTENSION:
        raise table.refuse("longest", f"must be 1 to {LONGEST_EXTENSION} working days, and most_times not negative")
    table.end()
    return rules


def _ladder(top: Table) -> LadderRules | None:
    if "ladder" not in top.values:
        return None
    table = top.table("ladder")
    days = [table.take(name, int) for name in ("before", "after_unit", "after_lead")]
    rules = LadderRules(*days, table.article(), table.text("note"))
    if not (1 <= days[0] <= LONGEST_LADDER and 1 <= days[1] <= days[2] <= LONGEST_LADDER):
        raise table.refuse("before", f"rungs are 1 to {LONGEST_LADDER} working days, rising")
    table.end()
    return rules


def _parameter(table: Table) -> Parameter:
    parameter = Parameter(table.take("value", (str, int, bool)), table.article(), table.text("note"))
    table.end()
    return parameter

