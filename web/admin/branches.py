"""Branches: which unit serves which area, where diagrams name an office by area and not by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import render_template, request, url_for
from flask_babel import gettext

from caseflow.errors import InvalidInput
from caseflow.law import regulations
from caseflow.law.branch_rules import BranchRules
from caseflow.models import Branch
from caseflow.moments import day_of
from caseflow.people import branches, directory, duties
from caseflow.people.branches import Uncovered
from web.admin.frame import ID, blueprint, changes, number, only, typed
from web.app import clock
from web.sign_in.auth import current_actor
from web.words import places


@dataclass(frozen=True, slots=True)
class Office:
    """An office that acts by area: its rules, its branches, and the areas that have units and none."""

    place: str
    rules: BranchRules
    branches: tuple[Branch, ...]
    uncovered: tuple[Uncovered, ...]


@blueprint.get("/branches", endpoint="branches")
def index():
    actor, today = current_actor(), day_of(clock.now())
    offices = [office for key in sorted(duties.reach(actor)) for office in _offices(key, today)]
    kinds = {kind: words for office in offices for kind, words in office.rules.kinds.items()}
    with_branches = {key for key in duties.reach(actor, "admin") if regulations.get(key).branches}
    return render_template(
        "admin/branches.html", offices=offices, kinds=kinds, area_of=branches.area_of, today=today,
        choices=[unit for unit in directory.choices(actor, "admin") if unit.regulation in with_branches])


@blueprint.post("/branches")
def add_branch():
    only("admin")
    actor, wanted = current_actor(), number("unit")
    return changes(
        gettext("已登记。今后出现的任务由该单位办理。"),
        lambda: branches.add(directory.unit(_chosen(wanted), actor), request.form.get("kind", ""), _day("first_day"),
                             clock.now(), actor, level=request.form.get("level", ""), area_code=typed("area_code")),
        url_for("admin.branches"))


@blueprint.post("/branches/" + ID.format("branch_id") + "/end")
def end_branch(branch_id: int):
    actor = current_actor()
    branch = branches.find(branch_id, actor)
    only("admin")
    return changes(gettext("已定下截止日期（含当日）；以后出现的任务由上一级地区的办理。"),
                   lambda: branches.end(branch, _day("last_day"), clock.now(), actor), url_for("admin.branches"))


def _offices(regulation: str, today: date) -> list[Office]:
    """The offices of a place that act by area, in the order of its regulation."""
    rules = regulations.get(regulation)
    if not rules.branches:
        return []
    known, uncovered = branches.all_of(regulation), list(branches.uncovered(rules, today))
    return [Office(places.place(regulation), one, tuple(branch for branch in known if branch.office == key),
                   tuple(area for area in uncovered if area.office == one.name))
            for key, one in rules.branches.items()]


def _chosen(unit_id: int | None) -> int:
    if unit_id is None:
        raise InvalidInput(fields={"unit": "required"})
    return unit_id


def _day(field: str) -> date:
    try:
        return date.fromisoformat(request.form.get(field, ""))
    except ValueError:
        raise InvalidInput(fields={field: "form"}) from None
