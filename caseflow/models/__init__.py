"""The tables, one family per file."""

from caseflow.models.appeals import Appeal, AssessmentRecord
from caseflow.models.calendars import CalendarDay, CalendarNotice
from caseflow.models.cases import (
    Case,
    CaseUnit,
    Comment,
    CommentDraft,
    Incident,
    NumberSequence,
    ProcessInstance,
    Submission,
    lock_case_row,
)
from caseflow.models.db import (
    Base,
    db,
    disconnect,
    forget,
    insert_new,
    is_outage,
    snapshot,
    transaction,
    why_unusable,
)
from caseflow.models.files import Attachment
from caseflow.models.health import Checkup, Heartbeat, SimulatedClock, StandingComplaint, StepTime
from caseflow.models.journal import JournalEntry, JournalHead
from caseflow.models.notices import Delivery, Notice, NoticeRead, OutboxMessage
from caseflow.models.people import (
    ApiKey,
    Branch,
    Identity,
    ImportDraft,
    LoginFailures,
    Profile,
    RoleAssignment,
    Unit,
    User,
    WebSession,
)
from caseflow.models.processes import Definition, DraftEditor, DraftVisit, KeptScenario, ProcessDraft, TrialRun
from caseflow.models.raters import ContactAttempt
from caseflow.models.ratings import NewestRating, Rating, ServiceRecord
from caseflow.models.supervision import (
    Absence,
    CaseReference,
    ConductRecord,
    ConductWithdrawal,
    DisciplineReport,
    DispatchRefusal,
    DuplicateLink,
    Handover,
    HandoverItem,
    Improvement,
    LadderStep,
    SubstitutedItem,
)
from caseflow.models.work import (
    AppliedEffect,
    AwaitedMessage,
    DeadlineEntry,
    Delegation,
    Draft,
    Phrase,
    SavedFilter,
    Timer,
    TimerFiring,
    WorkItem,
)

__all__ = [
    "Absence", "ApiKey", "Appeal", "AppliedEffect", "AssessmentRecord", "Attachment", "AwaitedMessage", "Base",
    "Branch", "CalendarDay", "CalendarNotice", "Case", "CaseReference", "CaseUnit", "Checkup", "Comment",
    "CommentDraft", "ConductRecord", "ConductWithdrawal", "ContactAttempt", "DeadlineEntry", "Definition", "Delegation",
    "Delivery", "DisciplineReport", "DispatchRefusal", "Draft", "DraftEditor", "DraftVisit", "DuplicateLink",
    "Handover", "HandoverItem", "Heartbeat", "Identity", "ImportDraft", "Improvement", "Incident", "JournalEntry",
    "JournalHead",
    "KeptScenario", "LadderStep", "LoginFailures", "NewestRating", "Notice", "NoticeRead", "NumberSequence",
    "OutboxMessage", "Phrase", "ProcessDraft", "ProcessInstance", "Profile", "Rating", "RoleAssignment", "SavedFilter",
    "ServiceRecord", "SimulatedClock", "StandingComplaint", "StepTime", "Submission", "SubstitutedItem", "Timer",
    "TimerFiring", "TrialRun", "Unit",
    "User", "WebSession", "WorkItem", "db", "disconnect", "forget", "insert_new", "is_outage", "lock_case_row",
    "snapshot", "transaction", "why_unusable",
]
