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
from caseflow.models.delegations import Delegation
from caseflow.models.files import Attachment
from caseflow.models.officers import Comment, ContactAttempt, Phrase, SavedFilter
from caseflow.models.operations import Checkup, Heartbeat, SimulatedClock, StandingComplaint, StepTime
from caseflow.models.people import ApiKey, LoginFailures, RoleAssignment, Unit, User, WebSession
from caseflow.models.ratings import NewestRating, Rating, ServiceRecord
from caseflow.models.records import JournalEntry, JournalHead, Notice, OutboxMessage
from caseflow.models.work import AppliedEffect, AwaitedMessage, Draft, Timer, TimerFiring, WorkItem

__all__ = [
    "ApiKey", "AppliedEffect", "Attachment", "AwaitedMessage", "Base", "CalendarDay", "CalendarNotice", "Case",
    "CaseUnit", "Checkup", "Comment", "ContactAttempt", "Definition", "Delegation", "Draft", "Heartbeat", "Incident",
    "JournalEntry", "JournalHead", "LoginFailures", "NewestRating", "Notice", "NumberSequence", "OutboxMessage",
    "Phrase", "ProcessInstance", "Rating", "RoleAssignment", "SavedFilter", "ServiceRecord", "SimulatedClock",
    "StandingComplaint", "StepTime", "Submission", "Timer", "TimerFiring", "Unit", "User", "WebSession", "WorkItem",
    "db", "insert_new", "is_outage", "lock_case", "snapshot", "transaction",
]
