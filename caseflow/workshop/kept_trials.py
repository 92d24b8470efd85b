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
from caseflow.workshop import drafts, verification, version_scenarios

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
    draft = locked(draft_id, actor)
    known = {result.key: result for result in verification.examine(
        draft.regulation, draft.process_id, draft.source, draft.id).scenarios}
    wrong = _wrong(trial, name, in_place_of, known)
    if wrong:
        raise InvalidInput(fields=wrong)
    taken = {*known, *(row.key for row in version_scenarios.own(draft.id)), *version_scenarios.of_base(draft)}
    key, replaced = in_place_of or _free_key(ground.process, taken), known.get(in_place_of)
    scenario = scenarios.keep(trial, ground, key, name.strip(), replaced.scenario if replaced else None)
    return put(draft, key, scenario_file.write(scenario), "scenario_kept", actor, now, name=scenario.name)


def drop(draft_id: int, key: str, actor: Actor, now: datetime) -> None:
    """Take back what was kept with this draft under this key; a scenario it stood in place of, or left out, counts
    again.

    Refuses as `keep` does. Journaled as scenario_dropped.
    """
    draft = locked(draft_id, actor)
    row = db.session.scalar(select(KeptScenario).where(KeptScenario.draft_id == draft.id, KeptScenario.key == key))
    if row is None:
        raise NotFound
    db.session.delete(row)
    drafts.count_as_editor(draft, actor)
    journal.append(None, "scenario_dropped", actor, now, {
        "draft": draft.id, "process": draft.process_id, "scenario": key})


def leave_out(draft_id: int, key: str, actor: Actor, now: datetime) -> None:
    """Let the draft, and the version it becomes, do without a scenario of the version it starts from.

    Refuses as `keep` does, with NotFound for a key that this has not. Journaled as scenario_left_out.
    """
    draft = locked(draft_id, actor)
    if key not in version_scenarios.of_base(draft):
        raise NotFound
    put(draft, key, "", "scenario_left_out", actor, now)


def put(draft: ProcessDraft, key: str, text: str, kind: str, actor: Actor, now: datetime, **more: str) -> KeptScenario:
    """Keep this text with a locked draft, and journal it as `kind`. InvalidInput (name) when it has too many."""
    own = {row.key: row for row in version_scenarios.own(draft.id)}
    row = own.get(key) or KeptScenario(draft_id=draft.id, key=key)
    if key not in own:
        if len(own) >= MOST_KEPT:
            raise InvalidInput(fields={"name": "too_many"})
        db.session.add(row)
    row.text, row.kept_by_id, row.kept_at = text, actor.user_id, now
    db.session.flush()
    drafts.count_as_editor(draft, actor)
    journal.append(None, kind, actor, now, {
        "draft": draft.id, "process": draft.process_id, "scenario": key, **more})
    return row


def own_keys(draft: ProcessDraft) -> frozenset[str]:
    """The keys of the scenarios that were kept with this draft itself."""
    return frozenset(row.key for row in version_scenarios.own(draft.id) if row.text)


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


def locked(draft_id: int, actor: Actor) -> ProcessDraft:
    """The draft, locked and open, for one of its regulation's designers."""
    draft = drafts.find(draft_id, actor)
    permissions.require_process(actor, draft.regulation, "designer")
    db.session.refresh(draft, with_for_update={"of": ProcessDraft})
    drafts.require_state(draft, "open")
    return draft
