"""The case page: what it is about, where it stands, what happened, what is due and why; and the search for it."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext

from caseflow.appeals import filing
from caseflow.casefile import kinds, readings
from caseflow.casefile.readings import Reading
from caseflow.cases import comments, ledger, references, steps
from caseflow.errors import InvalidInput, NotFound, PermissionDenied
from caseflow.law import calendars, regulations
from caseflow.law.calendars import Calendar
from caseflow.models import WorkItem, transaction
from caseflow.people import impartiality, permissions
from caseflow.people.permissions import Actor
from caseflow.processes import deployed
from caseflow.raters import contacts, telling
from caseflow.supervision import dispatches, urging
from web.app import clock
from web.cases import improvements, law_kept, oversight
from web.cases.deadlines import ledgers
from web.forms import filters
from web.forms.typed import line
from web.parts import deadlines, files, one_case, outline, rating, timeline
from web.parts.contacts import asking_item, contact_panel
from web.sign_in.auth import current_actor
from web.words import answers, appeals, drawn, notices, places, times

blueprint = Blueprint("cases", __name__, template_folder="templates", url_prefix="/cases")


@blueprint.get("/", strict_slashes=False)
def index():
    """Cases by number, item, case of business or office. A whole number goes straight to its case."""
    actor, now = current_actor(), clock.now()
    text = filters.search_text({"q": request.args.get("q") or request.args.get("search", "")})
    for exact in dict.fromkeys((text, _as_number(text))):
        with suppress(NotFound):
            return redirect(url_for("cases.show", number=steps.find(exact, actor).number))
    page = ledger.ledger(actor, ledger.CaseFilter(search=text), now, page=filters.page_number(request.args))
    return render_template("cases/index.html", page=page, text=text, query={"q": text} if text else {},
                           place=places.place, titles=kinds.titles(page.items))


def _as_number(text: str) -> str:
    """The text as a case number would be written: no spaces, capitals, nothing full-width."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


@blueprint.get("/<number>")
def show(number: str):
    actor, now = current_actor(), clock.now()
    case = one_case.find(number)
    read, definition, regulation = readings.of(case), deployed.of(case), regulations.get(case.regulation)
    known = outline.states(read.entries, read.items, case.outcome)
    past, calendar = deployed.with_earlier(definition, read.entries), calendars.load(regulation.calendar)
    lines, panel = deadlines.deadline_lines(read, past, calendar, now), rating.rating_panel(read, actor)
    history = timeline.timeline(read, definition, actor)
    return render_template(
        "cases/show.html", case=case, regulation=regulation, place=places.place(regulation.key),
        outcome=drawn.outcome_name(case.outcome, definition), rating=panel,
        timeline=history, law=law_kept.panel(read, actor, history), deadlines=lines,
        files=files.file_panel(read, actor),
        ledgers=[line for line in ledgers(read, past, calendar, now) if line.lines],
        comments=comments.of_case(read), may_comment=permissions.may_contribute(actor),
        comment_draft=comments.draft_of(case.id, actor) if permissions.may_contribute(actor) else None,
        contacts=contact_panel(read, actor, asking_item(read.items, definition)),
        outline=outline.outline(definition.outline(), known, definition.messages), states=outline.STATES,
        diagram=_diagram(definition, known, lines),
        nearest=_nearest(read.open_items, calendar, now), appeal=_appeal(read, actor, calendar, now),
        open_items=[(item, _is_for(actor, item, read)) for item in read.open_items],
        submissions=_submissions(read, past), messages_sent=_messages(read),
        urging=case.status == "open" and urging.may_urge(read, actor),
        refusal=next((row for row in read.refusals if dispatches.is_waiting(row, read)), None),
        title=kinds.titles([case])[case.id],
        telling=panel is not None and not panel.hidden and telling.has_to_tell(read, actor),
        duplicates=oversight.duplicate_panel(read, actor),
        improvements=improvements.improvement_panel(read, actor),
        references=references.of_case(read), may_link=references.may_link(read, actor),
        forwarding=oversight.forwarding_panel(read, actor), conduct=oversight.conduct_panel(read, actor),
        refusable=not dispatches.obstacle(read, actor),
        awaited=[drawn.element_name(definition, row.element) for row in readings.awaited_of(read)])


def _is_for(actor: Actor, item: WorkItem, read: Reading) -> bool:
    """Whether an open task is the actor's to do."""
    return permissions.may_work(actor, item) and impartiality.reason(actor.user_id, item, read) is None


def _nearest(items: Iterable[WorkItem], calendar: Calendar, now: datetime) -> tuple[times.Badge, WorkItem] | None:
    """How the most urgent open task stands, and which it is: also when its deadline has fired already."""
    due = min((item for item in items if item.due_at), key=lambda item: item.due_at, default=None)
    if due is None:
        return None
    return times.due_badge(now, due.due_at, calendar, provisional=due.due_provisional), due


@blueprint.post("/<number>/contact")
def reveal(number: str):
    """Name and telephone of the rater, for a reason that is recorded. Shown once, in the answer, and nowhere kept."""
    actor, now = current_actor(), clock.now()
    case = one_case.find(number)
    reason = line("reason")
    back = filters.local_path(request.form.get("back", "")) or url_for("cases.show", number=number)
    try:
        with transaction():
            name, phone = contacts.reveal(case.id, actor, reason, now)
    except InvalidInput:
        return _contact_page(number, actor, back, problem=gettext("请用 2 到 200 个字写明查看联系方式的理由。")), 422
    except PermissionDenied:
        return _contact_page(number, actor, back, problem=gettext("按规定，您不能查看这位评价人的联系方式。")), 403
    return _contact_page(number, actor, back, name=name, phone=phone, reason=reason)


def _contact_page(number: str, actor: Actor, back: str, **shown: str) -> str:
    name = "cases/_revealed_contact.html" if request.headers.get("HX-Request") else "cases/revealed_contact.html"
    return render_template(name, case=one_case.find(number), back=back, **shown)


def _diagram(definition: Any, known: dict[str, str], lines: list[deadlines.DeadlineLine]) -> dict:
    """What the viewer needs, as data: the drawing, the state of each step, the due date at each running deadline. A
    reminder is no due date of its task."""
    lines = [line for line in lines if line.element in definition.limits.get(line.guards, (line.element,))]
    due = [{"element": line.guards or line.element, "text": line.badge.text, "level": line.badge.level}
           for line in lines if line.badge]
    fired = [{"element": line.guards, "text": line.status_name, "level": "overdue"}
             for line in lines if line.status == "fired" and known.get(line.guards) == outline.CURRENT]
    return {"xml": definition.source.decode(), "states": known, "due": due + fired}


def _appeal(case: Reading, actor: Actor, calendar: Calendar, now: datetime) -> dict[str, Any]:
    """How the actor stands to an appeal: against this rating, or in the appeal that this case is. Empty for a case of
    which there is none."""
    kind = kinds.of(case.kind)
    if kind.about_appeal:
        this = next(appeal for appeal in case.appeals if appeal.case_id == case.id)
        return {"this": this, "linked": this.rectification and permissions.may_see(actor, this.rectification)}
    if not kind.appealable:
        return {}
    stands = filing.standing(case.rating, actor, now, case=case, appeals=case.appeals, calendar=calendar)
    return {"open": stands.code == "open", "article": stands.rules.article if stands.rules else "",
            "text": appeals.not_open(stands.code, stands.rules) if stands.code != "open" else stands.rules.note}


def _submissions(case: Reading, definition: Any) -> list[dict[str, Any]]:
    return [{"step": drawn.element_name(definition, row.element), "by": name, "at": row.submitted_at,
             "answers": answers.in_words(_form(definition, row.element), json.loads(row.form_values))}
            for row, name in case.submissions]


def _form(definition: Any, element: str):
    task = definition.user_tasks.get(element)
    return task.form if task else ()


def _messages(case: Reading) -> list[dict[str, Any]]:
    return [{"text": notices.sentence(row.kind, row.details), "to": unit, "role": row.role, "at": row.created_at,
             "sent": row.sent_at} for row, unit in readings.messages_of(case)]
