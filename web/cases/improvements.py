"""Noting on the page of a closed case what was changed after it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, request
from flask_babel import gettext

from caseflow.casefile.readings import Reading
from caseflow.law import regulations
from caseflow.law.supervision_rules import Offered
from caseflow.models import Improvement
from caseflow.people.permissions import Actor
from caseflow.supervision import improvements
from web.forms import token
from web.forms.typed import line, tidy
from web.parts import one_case
from web.words import improvements as words

blueprint = Blueprint("improving", __name__, template_folder="templates", url_prefix="/cases/<number>/improvements")
blueprint.add_app_template_global(words.kind_name, "improvement_kind")
blueprint.add_app_template_global(lambda: words.KINDS, "improvement_kinds")


@dataclass(frozen=True, slots=True)
class ImprovementPanel:
    """What was changed, each entry with whether it still stands, and whether the reader may note more."""

    rules: Offered
    entries: tuple[tuple[Improvement, bool], ...]
    may_record: bool


def improvement_panel(case: Reading, actor: Actor) -> ImprovementPanel | None:
    """None where there is nothing to show and nothing to note, as of every open case."""
    if case.status == "open":
        return None
    may, rows = not improvements.obstacle(case, actor), improvements.of_case(case)
    if not may and not rows:
        return None
    standing = {row.id for row in improvements.standing(rows)}
    rules = regulations.offered(case.regulation, "improvements")
    return ImprovementPanel(rules, tuple((row, row.id in standing) for row in rows), may)


@blueprint.post("/")
def record(number: str):
    """Note a change. Sent twice, it stands once."""
    return _record(number, gettext("已登记。"), None)


@blueprint.post("/<int(max=9223372036854775807):improvement_id>/correct")
def correct(number: str, improvement_id: int):
    """Put another entry in place of one that was wrong; the wrong one stays to be seen."""
    return _record(number, gettext("已更正，原来的登记保留备查。"), improvement_id)


def _record(number: str, done: str, corrects: int | None):
    entered = improvements.Entered(request.form.get("kind", ""), line("subject"), tidy(request.form.get("text", "")))
    return one_case.change(
        number, "improvements", done,
        lambda case_id, actor, now: improvements.record(case_id, actor, entered, token.sent(), now, corrects=corrects))
