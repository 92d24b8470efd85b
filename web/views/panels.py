"""What stands beside a form and on the case page: the rating, the deadlines, the history, each as plain values.

Templates get these and never the rows, so that the rater's name and number cannot slip into a page unmasked.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext, lazy_gettext

from caseflow.appeals import finding
from caseflow.casefile import journal, readings, store
from caseflow.cases import attachments, clock_entries
from caseflow.errors import CaseflowError
from caseflow.files import types
from caseflow.law import calendars, deadlines, regulations
from caseflow.law.supervision_rules import Forwarding, Offered
from caseflow.models import (
    Appeal,
    Attachment,
    Case,
    ContactAttempt,
    DisciplineReport,
    DuplicateLink,
    JournalEntry,
    Rating,
    Timer,
    User,
    WorkItem,
)
from caseflow.people import permissions
from caseflow.people.permissions import Actor
from caseflow.processes import deployed
from caseflow.raters import attempts, unreachable
from caseflow.raters import contacts as rater_contacts
from caseflow.supervision import discipline, duplicates, urging
from caseflow.work import delegation
from web.words import answers, contacts, drawn, times
from web.words import appeals as appeal_words
from web.words import journal as journal_words
from web.words import levels as rating_words
from web.words.masks import mask_name, mask_phone

TIMER_STATES = {
    "pending": lazy_gettext("计时中"), "stopped": lazy_gettext("中止计时"),
    "fired": lazy_gettext("已到期"), "cancelled": lazy_gettext("已结束计时"),
}


@dataclass(frozen=True, slots=True)
class RatingPanel:
    """A rating as everyday screens show it; the contact is masked."""

    level: str
    level_name: str
    details: tuple[tuple[str, str], ...]
    text: str
    rated_at: str
    received_at: str
    channel: str
    voided_at: str
    service: tuple[tuple[str, str], ...]
    newest: tuple[tuple[str, str], ...]
    appeals: tuple[Appeal, ...]
    hidden: bool = True
    rater: str = ""
    phone: str = ""
    may_reveal: bool = False
    reveal_through: str = ""


@dataclass(frozen=True, slots=True)
class FilePanel:
    """The files of a case, each with who added it; whether the reader may add more."""

    rows: tuple[tuple[Attachment, str], ...]
    may_add: bool
    images: frozenset[str] = types.IMAGES


@dataclass(frozen=True, slots=True)
class ContactPanel:
    """The attempts to reach the rater, whether the reader may log one, and what the rule on unreachable raters says."""

    rows: list[tuple[ContactAttempt, str]]
    may_log: bool
    standing: str


@dataclass(frozen=True, slots=True)
class DelegationPanel:
    """The delegation of a task and the reader's part in it; or to whom they may hand it, and what came back last."""

    running: delegation.Running | None = None
    giver: bool = False
    taker: bool = False
    colleagues: tuple[User, ...] = ()
    answer: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class DeadlineLine:
    """One deadline: its name, the rule in words, when it ends, its state, and the reasons day by day."""

    token: int
    element: str
    guards: str
    name: str
    rule: str
    since: str
    due: str
    status: str
    status_name: str
    badge: times.Badge | None
    reasons: tuple[str, ...]


def rating_panel(case: Case, actor: Actor) -> RatingPanel:
    """The rating of a case. In an appeal, and for the rated person, nothing of the rater is shown, not even masked."""
    rating = case.rating
    if case.kind == "appeal" or rater_contacts.is_rated(case, actor):
        return about_rating(rating)
    has_contact = bool(rating.rater_name or rating.rater_phone)
    return replace(
        about_rating(rating), hidden=False, rater=mask_name(rating.rater_name), phone=mask_phone(rating.rater_phone),
        may_reveal=has_contact and rater_contacts.may_reveal(case, actor), reveal_through=_contact_office(case))


def about_rating(rating: Rating) -> RatingPanel:
    """A rating without whose it is."""
    return RatingPanel(
        level=rating.level, level_name=rating_words.level_name(rating.level),
        details=tuple(rating_words.details(rating.detail_codes or "")), text=rating.text or "",
        rated_at=times.moment(rating.rated_at), received_at=times.moment(rating.received_at),
        channel=rating_words.channel_name(rating.channel),
        voided_at=times.moment(rating.voided_at) if rating.voided_at else "",
        service=tuple(_service_lines(rating)), newest=tuple(_newest(rating)), appeals=tuple(finding.against(rating.id)))


@dataclass(frozen=True, slots=True)
class ReviewPanel:
    """What lies before the reviewer of an appeal: its statement, what the rater said, and the rectification's record
    as (step, by whom, when, answers)."""

    appeal: Appeal
    said: str
    record: tuple[tuple[str, str, datetime, list[tuple[str, str]]], ...]
    files: tuple[Attachment, ...]
    questions: tuple[Any, ...]


def review_panel(item: WorkItem, actor: Actor) -> ReviewPanel | None:
    """For the open task of a reviewer."""
    appeal = finding.of_case(item.case_id) if item.role == "reviewer" else None
    if appeal is None:
        return None
    record, files = [], []
    if appeal.rectification is not None:
        if permissions.may_see(actor, appeal.rectification):
            files = attachments.of_case(appeal.rectification.id, actor)
        definition = deployed.with_earlier(
            deployed.of(appeal.rectification), journal.entries(appeal.rectification))
        for row, name in readings.submissions_of(appeal.rectification):
            form = definition.user_tasks[row.element].form
            record.append((drawn.element_name(definition, row.element), name, row.submitted_at,
                           answers.in_words(form, json.loads(row.form_values))))
    return ReviewPanel(appeal, appeal.rating.text or "", tuple(record), tuple(files),
                       appeal_words.QUESTIONS[appeal.ground])


@dataclass(frozen=True, slots=True)
class ForwardingPanel:
    """Forwarding a suspected breach: what the text says, whether the reader may, and what they know of."""

    rules: Forwarding
    may: bool
    known: tuple[DisciplineReport, ...]


def forwarding_panel(case: Case, actor: Actor) -> ForwardingPanel | None:
    """For those who may forward or know of a report; where the text has no article, for the officials of the lead
    office, who would look for it."""
    rules = discipline.rules_of(case.regulation)
    if rules is None:
        return None
    may, known = discipline.may_forward(case, actor), tuple(discipline.visible_to(actor, case))
    looks = not rules.available and urging.may_urge(case, actor)
    return ForwardingPanel(rules, may, known) if may or known or looks else None


@dataclass(frozen=True, slots=True)
class DuplicatePanel:
    """The cases that say the same, and what a supervisor may do: `alike` are those that could be linked."""

    rules: Offered
    links: tuple[DuplicateLink, ...]
    may_link: bool
    alike: tuple[Case, ...]


def duplicate_panel(case: Case, actor: Actor) -> DuplicatePanel | None:
    """Not for the rated person, to whom it would say that two ratings have one rater; None when there is nothing."""
    rules = duplicates.rules_of(case.regulation)
    if rules is None or rater_contacts.is_rated(case, actor):
        return None
    links, may = tuple(duplicates.of_case(case)), duplicates.may_link(case, actor)
    alike = tuple(duplicates.alike(case)) if may and not links else ()
    return DuplicatePanel(rules, links, may, alike) if links or alike else None


def file_panel(case: Case, actor: Actor) -> FilePanel:
    rows = attachments.of_case(case.id, actor)
    names = attachments.names_of(rows)
    return FilePanel(tuple((row, names.get(row.added_by, "")) for row in rows), attachments.may_add(case, actor))


def contact_panel(case: Case, actor: Actor, asking: WorkItem | None) -> ContactPanel:
    """`asking` is the open task whose form can be answered with "unreachable", if there is one."""
    found = unreachable.standing(case, asking.opened_at) if asking else None
    return ContactPanel(
        attempts.of_case(case), rater_contacts.may_reveal(case, actor), contacts.standing(found))


def asking_item(items: Iterable[WorkItem], definition: Any) -> WorkItem | None:
    """The open task of these whose form can be answered with "unreachable"."""
    return next((item for item in items if item.status == "open"
                 and unreachable.asks(definition.user_tasks[item.element].form)), None)


def delegation_panel(item: WorkItem, actor: Actor) -> DelegationPanel:
    if item.status != "open":
        return DelegationPanel()
    running = delegation.of_item(item)
    if running is not None:
        return DelegationPanel(running, running.from_id == actor.user_id, running.to_id == actor.user_id)
    if item.assignee_id != actor.user_id:
        return DelegationPanel()
    return DelegationPanel(colleagues=tuple(delegation.colleagues(item, item.case_id, actor)),
                           answer=delegation.last_answer(item, actor))


def _contact_office(case: Case) -> str:
    """The name of the one office that may talk to the rater, where the regulation names one (HN-14)."""
    regulation = regulations.get(case.regulation)
    through = regulation.contact_through
    return regulation.units[through].name if through and through in regulation.units else ""


def _service_lines(rating: Rating) -> list[tuple[str, str]]:
    service = rating.service
    lines = [
        (gettext("办件编号"), service.project_no),
        (gettext("事项"), service.task_name or "—"),
        (gettext("服务环节"), gettext("%(name)s（第 %(n)s 次服务）", name=service.service_name or "—",
                                  n=service.service_number)),
        (gettext("服务时间"), times.moment(service.service_time)),
        (gettext("承办单位"), service.org_name or (service.unit.name if service.unit else "—")),
        (gettext("经办人"), service.handler_name or "—"),
    ]
    return lines


def _newest(rating: Rating) -> list[tuple[str, str]]:
    return [(rating_words.level_name(row.level), times.moment(row.recorded_at))
            for row in readings.newest_ratings_of(rating.id)]


def deadline_lines(case: Case, definition: Any, now: datetime) -> list[DeadlineLine]:
    """Every deadline of the case, the running ones first, each with its reasons."""
    calendar = calendars.load(regulations.get(case.regulation).calendar)
    timers = sorted(readings.timers_of(case), key=lambda timer: timer.status not in store.WAITING)
    changed = clock_entries.of_case(case.id)
    return [_deadline_line(timer, case, definition, calendar, now, changed=timer.token in changed) for timer in timers]


def _deadline_line(timer: Timer, case: Case, definition: Any, calendar: Any, now: datetime, *,
                   changed: bool) -> DeadlineLine:
    running, since = timer.status == "pending", timer.since_name
    due = gettext("中止中") if timer.status == "stopped" else times.moment(timer.due_at)
    badge = times.due_badge(now, timer.due_at, calendar, provisional=timer.provisional) if running else None
    return DeadlineLine(
        token=timer.token, element=timer.element, guards=timer.attached_to,
        name=timer_name(timer, definition),
        rule=times.rule(timer.unit, timer.amount, since, drawn.field_label(definition, since)),
        since=times.since(timer.since), due=due, status=timer.status,
        status_name=str(TIMER_STATES.get(timer.status, timer.status)), badge=badge,
        reasons=(*_reasons(timer, case, calendar),
                 *([gettext("此后有中止、恢复、延期或重新计算，见期限明细")] if changed else [])))


def timer_name(timer: Timer, definition: Any) -> str:
    return drawn.element_name(definition, timer.element)


def _reasons(timer: Timer, case: Case, calendar: Any) -> list[str]:
    try:
        return deadlines.explain(deadlines.rule_of(timer), calendar, regulations.get(case.regulation).close_of_business)
    except CaseflowError:
        return []


def entries_of(case: Case) -> list[JournalEntry]:
    return journal.entries(case)


def timeline(case: Case, definition: Any) -> list[journal_words.Line]:
    entries = journal.entries(case)
    return journal_words.timeline(entries, deployed.with_earlier(definition, entries), unit_names(case))


def unit_names(case: Case) -> Mapping[int, str]:
    return {item.unit_id: item.unit.name for item in readings.work_items_of(case)}
