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
from caseflow.models.people import (
    ApiKey,
    Identity,
    ImportDraft,
    LoginFailures,
    Profile,
    RoleAssignment,
    Unit,
    User,
    WebSession,
)
from caseflow.models.ratings import NewestRating, Rating, ServiceRecord
from caseflow.models.records import Delivery, JournalEntry, JournalHead, Notice, NoticeRead, OutboxMessage
from caseflow.models.work import AppliedEffect, AwaitedMessage, Draft, Timer, TimerFiring, WorkItem

__all__ = [
    "ApiKey", "AppliedEffect", "AwaitedMessage", "Base", "CalendarDay", "CalendarNotice", "Case", "CaseUnit",
    "Checkup", "Definition", "Delivery", "Draft", "Heartbeat", "Identity", "ImportDraft", "Incident", "JournalEntry",
    "JournalHead", "LoginFailures", "NewestRating", "Notice", "NoticeRead", "NumberSequence", "OutboxMessage",
    "ProcessInstance", "Profile", "Rating", "RoleAssignment", "ServiceRecord", "SimulatedClock", "StandingComplaint",
    "StepTime", "Submission", "Timer", "TimerFiring", "Unit", "User", "WebSession", "WorkItem", "db", "insert_new",
    "is_outage", "lock_case", "snapshot", "transaction",
]
