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
from caseflow.models.db import Base, db, insert_new, is_outage, transaction
from caseflow.models.operations import Heartbeat, SimulatedClock
from caseflow.models.people import ApiKey, LoginFailures, RoleAssignment, Unit, User, WebSession
from caseflow.models.ratings import NewestRating, Rating, ServiceRecord
from caseflow.models.records import JournalEntry, JournalHead, Notice, OutboxMessage
from caseflow.models.work import AppliedEffect, AwaitedMessage, Draft, Timer, TimerFiring, WorkItem

__all__ = [
    "ApiKey", "AppliedEffect", "AwaitedMessage", "Base", "CalendarDay", "CalendarNotice", "Case", "CaseUnit",
    "Definition", "Draft", "Heartbeat", "Incident", "JournalEntry", "JournalHead", "LoginFailures", "NewestRating",
    "Notice", "NumberSequence", "OutboxMessage", "ProcessInstance", "Rating", "RoleAssignment", "ServiceRecord",
    "SimulatedClock", "Submission", "Timer", "TimerFiring", "Unit", "User", "WebSession", "WorkItem", "db", "is_outage",
    "insert_new", "lock_case", "transaction",
]
