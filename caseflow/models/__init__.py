"""The tables, one family per file."""

from caseflow.models.calendars import CalendarDay, CalendarNotice
from caseflow.models.cases import (
    Case,
    CaseUnit,
    Definition,
    Incident,
    NumberSequence,
    ProcessInstance,
    Submission,
    lock_case,
)
from caseflow.models.db import Base, db, insert_new, is_outage, snapshot, transaction
from caseflow.models.operations import Checkup, Heartbeat, SimulatedClock, StandingComplaint, StepTime
from caseflow.models.people import ApiKey, LoginFailures, RoleAssignment, Unit, User, WebSession
from caseflow.models.ratings import NewestRating, Rating, ServiceRecord
from caseflow.models.records import JournalEntry, JournalHead, Notice, OutboxMessage
from caseflow.models.supervision import (
    Absence,
    DeadlineEntry,
    Handover,
    HandoverItem,
    LadderStep,
    SubstitutedItem,
)
from caseflow.models.work import AppliedEffect, AwaitedMessage, Draft, Timer, TimerFiring, WorkItem

__all__ = [
    "Absence", "ApiKey", "AppliedEffect", "AwaitedMessage", "Base", "CalendarDay", "CalendarNotice", "Case",
    "CaseUnit", "Checkup", "DeadlineEntry", "Definition", "Draft", "Handover", "HandoverItem", "Heartbeat",
    "Incident", "JournalEntry", "JournalHead", "LadderStep", "LoginFailures", "NewestRating", "Notice",
    "NumberSequence", "OutboxMessage", "ProcessInstance", "Rating", "RoleAssignment", "ServiceRecord",
    "SimulatedClock", "StandingComplaint", "StepTime", "Submission", "SubstitutedItem", "Timer", "TimerFiring",
    "Unit", "User", "WebSession", "WorkItem", "db", "insert_new", "is_outage", "lock_case", "snapshot", "transaction",
]
