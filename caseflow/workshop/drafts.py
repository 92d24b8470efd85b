"""Diagrams that are being drawn: begun and saved by designers, submitted to a second person.

Whoever may not look at a regulation's processes is told that there is no such draft. Nothing is overwritten silently:
a save names the revision it started from. Every change stands in the journal's stream "system", by the draft's number.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from caseflow.casefile import journal
from caseflow.engine import definition
from caseflow.engine.gate.reader import MAX_BYTES
from caseflow.errors import (
    BaseReplaced,
    DraftChanged,
    DraftClosed,
    InvalidInput,
    NotFound,
    NothingChanged,
    SecondPersonNeeded,
)
from caseflow.models import Definition, DraftEditor, DraftVisit, ProcessDraft, User, db, insert_new
from caseflow.people import permissions
from caseflow.people.permissions import Actor
from caseflow.processes import deployed
from caseflow.workshop import deployment, verification, version_scenarios

GONE_AFTER = timedelta(seconds=60)


def begin(process_id: str, actor: Actor, now: datetime, source: bytes | None = None) -> ProcessDraft:
    """A new draft of a deployed process: its current diagram, or this file. Designers of the regulation.

    Refuses with NotFound, PermissionDenied, or InvalidInput for a file that is empty or too large. What else is wrong
    with a file is told by its findings, not here.
    """
    base = deployed.row_of(process_id)
    permissions.require_process(actor, base.regulation, "designer")
    if source is None:
        source = deployed.by_digest(base.digest).source
    draft = ProcessDraft(
        regulation=base.regulation, process_id=process_id, source=_good(source), base=base.digest, revision=1,
        state="open", author_id=actor.user_id, begun_at=now, edited_by_id=actor.user_id, edited_at=now,
        editors=[DraftEditor(user_id=actor.user_id)])
    db.session.add(draft)
    db.session.flush()
    _note(draft, "draft_begun", actor, now, base=base.digest)
    return draft


def save(draft_id: int, source: bytes, revision: int, actor: Actor, now: datetime) -> ProcessDraft:
    """Keep this diagram as the next revision. Designers of the regulation; the same content again changes nothing.

    Refuses with DraftChanged (who saved when) unless `revision` is the newest, DraftClosed when it was submitted,
    deployed or discarded meanwhile, InvalidInput for a size.
    """
    draft = _locked(draft_id, actor, "designer")
    require_state(draft, "open")
    require_revision(draft, revision)
    if _good(source) == draft.source:
        return draft
    draft.source, draft.edited_by_id, draft.edited_at = source, actor.user_id, now
    draft.revision += 1
    count_as_editor(draft, actor)
    _note(draft, "draft_saved", actor, now)
    return draft


def find(draft_id: int, actor: Actor) -> ProcessDraft:
    """The draft; NotFound for whoever may not look at its regulation's processes."""
    draft = db.session.get(ProcessDraft, draft_id)
    if draft is None:
        raise NotFound
    permissions.require_process(actor, draft.regulation)
    return draft


def open_drafts(actor: Actor, process_id: str | None = None) -> list[ProcessDraft]:
    """The drafts that the actor may look at and that are open or submitted, the last edited first."""
    query = select(ProcessDraft).where(
        ProcessDraft.regulation.in_(permissions.drawn_for(actor)), ProcessDraft.state.in_(("open", "submitted")))
    if process_id is not None:
        query = query.where(ProcessDraft.process_id == process_id)
    return list(db.session.scalars(query.order_by(ProcessDraft.edited_at.desc(), ProcessDraft.id.desc())))


def discard(draft_id: int, revision: int, actor: Actor, now: datetime) -> ProcessDraft:
    """Give a draft up; its rows stay. Designers of the regulation; refused as `save` is."""
    draft = _locked(draft_id, actor, "designer")
    require_state(draft, "open")
    require_revision(draft, revision)
    draft.state = "discarded"
    _note(draft, "draft_discarded", actor, now)
    return draft


def rebase(draft_id: int, revision: int, actor: Actor, now: datetime) -> ProcessDraft:
    """Let the draft count as made from the current version: its designer has compared the two. Content stays."""
    draft = _locked(draft_id, actor, "designer")
    require_state(draft, "open")
    require_revision(draft, revision)
    draft.base = deployed.row_of(draft.process_id).digest
    _note(draft, "draft_rebased", actor, now, base=draft.base)
    return draft


def submit(draft_id: int, revision: int, actor: Actor, now: datetime) -> ProcessDraft:
    """Put a draft before a second person. Designers of the regulation.

    Refuses as `save` does, with BaseReplaced when another version was deployed meanwhile, with NothingChanged for what
    is deployed already, and with DefinitionRefused, whose findings say why, for what must not be deployed.
    """
    draft = _locked(draft_id, actor, "designer")
    require_state(draft, "open")
    require_revision(draft, revision)
    _deployable(draft)
    draft.state, draft.submitted_by_id, draft.submitted_at, draft.reason = "submitted", actor.user_id, now, ""
    _note(draft, "draft_submitted", actor, now)
    return draft


def send_back(draft_id: int, reason: str, actor: Actor, now: datetime) -> ProcessDraft:
    """Give a submitted draft back to its designers, with a reason. Approvers of the regulation."""
    draft = _locked(draft_id, actor, "approver")
    require_state(draft, "submitted")
    draft.state, draft.reason = "open", deployment.good_reason(reason)
    _note(draft, "draft_sent_back", actor, now, reason=draft.reason)
    return draft


def approve(draft_id: int, revision: int, actor: Actor, now: datetime, seen: str | None = None) -> Definition:
    """Deploy a submitted draft: new cases start under it at once, running ones keep their version.

    An approver of the regulation who has neither edited nor submitted it, nor kept a scenario with it
    (SecondPersonNeeded), and who has seen this revision and its scenarios (`seen`: version_scenarios.mark;
    ScenariosChanged). Refuses as `submit` does; a draft that cannot be deployed any more is to be sent back.
    """
    draft = _locked(draft_id, actor, "approver")
    require_state(draft, "submitted")
    require_revision(draft, revision)
    version_scenarios.require_mark(draft, seen)
    if actor.user_id in {draft.author_id, draft.submitted_by_id, *(editor.user_id for editor in draft.editors)}:
        raise SecondPersonNeeded
    deployment.lock(draft.process_id)
    examination, process = _deployable(draft)
    draft.state = "deployed"
    _note(draft, "draft_approved", actor, now, digest=process.digest)
    version = deployment.put(process, draft.regulation, now, actor, submitted_by=draft.submitted_by_id, draft=draft.id,
                             scenarios=version_scenarios.written(examination.scenarios))
    draft.deployed_as = version.digest
    return version


def _deployable(draft: ProcessDraft) -> tuple[verification.Examination, definition.Definition]:
    """What was found in the draft and what it would become; refuses what must not be deployed or changes nothing."""
    base = require_base(draft)
    examination = verification.examine(draft.regulation, draft.process_id, draft.source, draft.id)
    process = verification.require(examination)
    if process.digest == base.digest:
        raise NothingChanged
    return examination, process


def count_as_editor(draft: ProcessDraft, actor: Actor) -> None:
    """Whoever has changed a draft does not approve it."""
    if all(editor.user_id != actor.user_id for editor in draft.editors):
        draft.editors.append(DraftEditor(user_id=actor.user_id))


def require_state(draft: ProcessDraft, state: str) -> None:
    """DraftClosed (`state`: what it is) unless the draft is open, submitted, deployed or discarded, as asked."""
    if draft.state != state:
        raise DraftClosed(state=draft.state)


def require_revision(draft: ProcessDraft, revision: int) -> None:
    """DraftChanged (`by`, `at`, `revision`) when somebody has saved the draft since this revision."""
    if draft.revision != revision:
        raise DraftChanged(by=draft.edited_by.name, at=draft.edited_at, revision=draft.revision)


def require_base(draft: ProcessDraft) -> Definition:
    """The version the draft was made from; refuses with BaseReplaced when another is current."""
    current = deployed.row_of(draft.process_id)
    if draft.base != current.digest:
        raise BaseReplaced(number=current.number)
    return current


def _locked(draft_id: int, actor: Actor, role: str) -> ProcessDraft:
    """The draft as it is now, locked to the end of the transaction, for somebody with this role."""
    find(draft_id, actor)
    draft = db.session.get(ProcessDraft, draft_id, with_for_update={"of": ProcessDraft}, populate_existing=True)
    permissions.require_process(actor, draft.regulation, role)
    return draft


def _good(source: bytes) -> bytes:
    if not source or len(source) > MAX_BYTES:
        code = "too_large" if source else "empty"
        raise InvalidInput(f"A diagram has 1 to {MAX_BYTES} bytes.", fields={"source": code})
    return source


def _note(draft: ProcessDraft, kind: str, actor: Actor, now: datetime, **more: Any) -> None:
    journal.append(None, kind, actor, now, {
        "draft": draft.id, "process": draft.process_id, "revision": draft.revision, **more})


def look(draft_id: int, actor: Actor, now: datetime) -> tuple[ProcessDraft, list[str]]:
    """The draft as it stands, and the names of the others who have it open; the actor counts as here from now on.

    `now` is real time, also in a demo. Refuses as find does. Not journaled: what people change is.
    """
    draft = find(draft_id, actor)
    if not insert_new(DraftVisit, draft_id=draft_id, user_id=actor.user_id, seen_at=now):
        mine = (DraftVisit.draft_id == draft_id, DraftVisit.user_id == actor.user_id)
        db.session.execute(update(DraftVisit).where(*mine).values(seen_at=now))
    others = select(User.name).join(DraftVisit, DraftVisit.user_id == User.id).where(
        DraftVisit.draft_id == draft_id, DraftVisit.user_id != actor.user_id, DraftVisit.seen_at > now - GONE_AFTER)
    return draft, list(db.session.scalars(others.order_by(User.name)))
