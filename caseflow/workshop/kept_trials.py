"""Trying a draft out: the run somebody is in the middle of, and keeping it as a named scenario.

Designers and approvers try; auditors look; others are told that there is no such draft. A scenario belongs to the
draft, so that only its designers keep or drop one, while it is open. Journaled in "system", by the draft's number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from caseflow.casefile import journal
from caseflow.errors import InvalidInput, NotFound, PermissionDenied
from caseflow.models import KeptScenario, ProcessDraft, TrialRun, db
from caseflow.people import permissions
from caseflow.people.permissions import Actor
from caseflow.trials import scenario_file, scenarios
from caseflow.trials.scenario_file import LONGEST_NAME
from caseflow.trials.tried_case import Ground
from caseflow.trials.tryout import Act, Trial
from caseflow.workshop import drafts, verification

MOST_KEPT = 100       # with one draft


def may_try(draft: ProcessDraft, actor: Actor) -> bool:
    """Whether the actor is a designer or approver of the draft's regulation."""
    return draft.regulation in permissions.regulations_of(actor, "designer", "approver")


def may_keep(draft: ProcessDraft, actor: Actor) -> bool:
    """Whether the draft is open and the actor a designer of its regulation."""
    return draft.state == "open" and draft.regulation in permissions.regulations_of(actor, "designer")


def acts_of(draft: ProcessDraft, actor: Actor) -> tuple[Act, ...]:
    """How far the actor has tried this draft out; nothing before the first act."""
    run = db.session.get(TrialRun, (draft.id, actor.user_id))
    return scenario_file.parse_acts(run.acts) if run else ()


def remember(draft: ProcessDraft, actor: Actor, acts: Sequence[Act], now: datetime) -> None:
    """These acts are the actor's run from now on; none: it begins again. PermissionDenied for those who only look."""
    if not may_try(draft, actor):
        raise PermissionDenied
    run = db.session.get(TrialRun, (draft.id, actor.user_id), with_for_update=True)
    if not acts:
        if run is not None:
            db.session.delete(run)
        return
    if run is None:
        run = TrialRun(draft_id=draft.id, user_id=actor.user_id)
        db.session.add(run)
    run.acts, run.changed_at = scenario_file.write_acts(acts), now


def keep(draft_id: int, trial: Trial, ground: Ground, name: str, in_place_of: str, actor: Actor,
         now: datetime) -> KeptScenario:
    """Keep a run as a scenario of this name, expecting what happened in it; `in_place_of` is the key of another.

    Refuses with NotFound, PermissionDenied, DraftClosed or InvalidInput (name, in_place_of, run). Journaled as
    scenario_kept.
    """
    draft = _locked(draft_id, actor)
    known = {result.key: result for result in verification.examine(
        draft.regulation, draft.process_id, draft.source, draft.id).scenarios}
    wrong = _wrong(trial, name, in_place_of, known)
    if wrong:
        raise InvalidInput(fields=wrong)
    own = {row.key: row for row in _of_draft(draft.id)}
    key = in_place_of or _free_key(ground.process, {*known, *own})
    row = own.get(key) or KeptScenario(draft_id=draft.id, key=key)
    if key not in own:
        if len(own) >= MOST_KEPT:
            raise InvalidInput(fields={"name": "too_many"})
        db.session.add(row)
    row.text = scenario_file.write(scenarios.keep(trial, ground, key, name.strip()))
    row.kept_by_id, row.kept_at = actor.user_id, now
    journal.append(None, "scenario_kept", actor, now, {
        "draft": draft.id, "process": draft.process_id, "scenario": key, "name": name.strip()})
    return row


def drop(draft_id: int, key: str, actor: Actor, now: datetime) -> None:
    """Take back a scenario that was kept with this draft; one it stood in place of counts again.

    Refuses as `keep` does. Journaled as scenario_dropped.
    """
    draft = _locked(draft_id, actor)
    row = db.session.scalar(select(KeptScenario).where(KeptScenario.draft_id == draft.id, KeptScenario.key == key))
    if row is None:
        raise NotFound
    db.session.delete(row)
    journal.append(None, "scenario_dropped", actor, now, {
        "draft": draft.id, "process": draft.process_id, "scenario": key})


def own_keys(draft: ProcessDraft) -> frozenset[str]:
    """The keys of the scenarios that were kept with this draft itself."""
    return frozenset(row.key for row in _of_draft(draft.id))


def _of_draft(draft_id: int) -> list[KeptScenario]:
    return list(db.session.scalars(select(KeptScenario).where(KeptScenario.draft_id == draft_id)))


def _wrong(trial: Trial, name: str, in_place_of: str, known: dict[str, scenarios.Result]) -> dict[str, str]:
    wrong = {}
    if not name.strip():
        wrong["name"] = "required"
    elif len(name.strip()) > LONGEST_NAME:
        wrong["name"] = "too_long"
    elif not name.strip().isprintable():
        wrong["name"] = "not_text"
    if in_place_of and in_place_of not in known:
        wrong["in_place_of"] = "not_a_choice"
    if len(trial.acts) < 2:
        wrong["run"] = "required"
    return wrong


def _free_key(process: str, taken: set[str]) -> str:
    numbers = (int(found[1]) for key in taken if (found := re.fullmatch(rf"{process}_kept_(\d+)", key)))
    return f"{process}_kept_{max(numbers, default=0) + 1}"


def _locked(draft_id: int, actor: Actor) -> ProcessDraft:
    """The draft, locked and open, for one of its regulation's designers."""
    draft = drafts.find(draft_id, actor)
    permissions.require_process(actor, draft.regulation, "designer")
    db.session.refresh(draft, with_for_update={"of": ProcessDraft})
    drafts.require_state(draft, "open")
    return draft
