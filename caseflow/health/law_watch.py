"""What the monitor finds in finished cases, as the doctor tells it: bounded work, and every case has its turn.

Looked at are the cases that ended since the last round of what ever was (Checkup "history"), those that are complained
about, so that a complaint lasts until it is answered, and each day another slice of the old ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from caseflow.errors import CaseflowError
from caseflow.models import Checkup, StandingComplaint, db
from caseflow.moments import day_of
from caseflow.monitor import finished
from caseflow.monitor.values import Report

NEW, OLD = 2_000, 200       # cases of one round that ended since the last one, and of the slice of old ones
CODES = ("law_broken", "off_its_drawing", "law_not_judged")


class Finding(NamedTuple):
    """Something in a finished case that must not be; the fields are those of the doctor's Complaint."""

    code: str
    case: str
    subject: str
    facts: Mapping[str, object]


def findings(now: datetime) -> Iterator[Finding]:
    """What is wrong in the cases whose turn it is."""
    yield from findings_in([*finished.ended_since(_last_round(), NEW), *_complained_about(),
                            *finished.slice_of(day_of(now).toordinal(), OLD)])


def findings_in(numbers: Iterable[str]) -> Iterator[Finding]:
    """What is wrong in these cases, each looked at once; open ones are left out."""
    for number, report in finished.reports(dict.fromkeys(numbers)):
        if isinstance(report, CaseflowError):
            yield Finding("law_not_judged", number, "", {"why": str(report)})
        else:
            yield from _of(number, report)


def _of(number: str, report: Report) -> Iterator[Finding]:
    for one in report.broken:
        yield Finding("law_broken", number, f"{one.rule.article} {one.rule.check}", {
            "article": one.rule.article, "rule": one.rule.check, "reason": one.code, "of": dict(one.facts),
            "entries": list(one.looked)})
    for one in report.strays:
        yield Finding("off_its_drawing", number, f"{one.seq} {one.code} {one.element}", {
            "reason": one.code, "of": dict(one.facts), "entries": [one.seq]})


def _last_round() -> datetime | None:
    return db.session.scalar(select(Checkup.ended_at).where(Checkup.name == "history"))


def _complained_about() -> list[str]:
    return list(db.session.scalars(select(StandingComplaint.case_number).where(
        StandingComplaint.code.in_(CODES), StandingComplaint.cleared_at.is_(None)).distinct()))
