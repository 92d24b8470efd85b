"""Making a version of a process the one that new cases start under, and going back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import orjson
from sqlalchemy import func, select

from caseflow import texts
from caseflow.casefile import journal
from caseflow.cases.effects.registry import TOPICS
from caseflow.engine import definition
from caseflow.errors import DefinitionRefused, InvalidInput, NothingChanged
from caseflow.law import regulations
from caseflow.models import Definition, db
from caseflow.people import permissions
from caseflow.people.permissions import SYSTEM, Actor
from caseflow.processes.deployed import by_digest, row_of, shipped, versions
from caseflow.workshop import proving, verification, version_scenarios

LONGEST_REASON = 500     # characters


def deploy(regulation: str, name: str, now: datetime, actor: Actor = SYSTEM) -> Definition:
    """Make the files of bpmn/<regulation>/<name>.bpmn the process that new cases start under; the current version.

    What people decided in the workshop stays: files that were deployed before are not deployed again, and none replace
    a version that somebody approved; their scenarios follow those of the folder. Refuses with DefinitionRefused, whose
    findings say why. Journaled as definition_deployed. Running cases keep the version they started with.
    """
    process = shipped(regulation, name, TOPICS)
    known = db.session.scalar(select(Definition).where(
        Definition.process_id == process.process_id, Definition.current))
    there = db.session.get(Definition, process.digest)
    if there is not None:
        version_scenarios.follow_the_files(there)
    if known is not None and (known.approved_by_id or there):
        return known
    return deploy_files(regulation, name, process.files, now, actor)


def require_within_rules(regulation: str, name: str) -> None:
    """DefinitionRefused where regulation.toml lets people do more than its rules give in the process that new cases
    start under. What was deployed before is not proven again, and its regulation may have been changed since."""
    process = by_digest(row_of(f"{regulation}_{name}").digest)
    beyond = tuple(finding for finding in proving.deployable(regulations.get(regulation), process)
                   if finding.code == "rule_violated")
    if beyond:
        raise DefinitionRefused(findings=beyond)


def deploy_files(regulation: str, name: str, files: Mapping[str, bytes], now: datetime,
                 actor: Actor = SYSTEM) -> Definition:
    """Make these files (file name → content) the process that new cases start under, whoever decided what before.

    The same files again change nothing. Refuses with DefinitionRefused; journaled as definition_deployed.
    """
    process_id = f"{regulation}_{name}"
    process = definition.load(files, trusted=True, process_id=process_id, topics=TOPICS)
    known = db.session.get(Definition, process.digest)
    if known is not None and known.current:
        return known
    examination = verification.examine_files(regulation, process_id, process.files, _home(process))
    verification.require(examination)
    return put(process, regulation, now, actor, scenarios=version_scenarios.written(examination.scenarios))


def rollback(process_id: str, digest: str, reason: str, actor: Actor, now: datetime) -> Definition:
    """Let new cases start under an earlier version again. Approvers of the regulation, with a reason.

    Refuses with NotFound, PermissionDenied, InvalidInput, NothingChanged when it is the current one, or
    DefinitionRefused when the present rules refuse it. Journaled as definition_rolled_back. Running cases stay.
    """
    row = row_of(process_id, digest)
    permissions.require_process(actor, row.regulation, "approver")
    reason = good_reason(reason)
    lock(process_id)
    replaced = row_of(process_id)
    if replaced.digest == digest:
        raise NothingChanged
    process = by_digest(digest)
    verification.require(verification.examine_files(
        row.regulation, process_id, process.files, _home(process), version_scenarios.of_version(row)), again=True)
    known = _make_current(process_id, digest)
    journal.append(None, "definition_rolled_back", actor, now, {
        "process": process_id, "digest": digest, "number": known.number, "from": replaced.number, "reason": reason})
    db.session.flush()
    return known


def good_reason(reason: str) -> str:
    """The reason without blanks around it; InvalidInput for none and for one that is too long."""
    problem = texts.reason_problem(reason, LONGEST_REASON)
    if problem:
        raise InvalidInput(f"A reason has 2 to {LONGEST_REASON} characters.", fields={"reason": problem})
    return reason.strip()


def _home(process: definition.Definition) -> str:
    """The file that holds the process itself."""
    return next(name for name, text in process.files.items() if text == process.source)


def put(process: definition.Definition, regulation: str, now: datetime, actor: Actor, *, scenarios: str | None = None,
        submitted_by: int | None = None, draft: int | None = None) -> Definition:
    """Make this process the one that new cases start under, as the next version or as the one it was before.

    Whether it may be was judged before. `scenarios` are those it is deployed with (version_scenarios.written); without
    them it keeps what it had. With a draft the actor is who approved it. Journaled as definition_deployed.
    """
    known = _make_current(process.process_id, process.digest)
    if known is None:
        texts = {file: text.decode() for file, text in process.files.items()}
        number = db.session.scalar(select(func.count()).where(Definition.process_id == process.process_id)) + 1
        known = Definition(digest=process.digest, regulation=regulation, process_id=process.process_id, number=number,
                           files=orjson.dumps(texts, option=orjson.OPT_SORT_KEYS).decode(), deployed_at=now,
                           deployed_by_id=submitted_by or actor.user_id,
                           approved_by_id=actor.user_id if draft else None)
        db.session.add(known)
    if scenarios is not None:
        known.scenarios = scenarios
    journal.append(None, "definition_deployed", actor, now, {
        "process": process.process_id, "digest": process.digest, "number": known.number, "draft": draft})
    db.session.flush()
    return known


def _make_current(process_id: str, digest: str) -> Definition | None:
    """Let this version, if it is there, be the current one and no other. Who comes second here waits for the first."""
    lock(process_id)
    known = None
    for version in versions(process_id):
        version.current = version.digest == digest
        known = version if version.current else known
    return known


def lock(process_id: str) -> None:
    """Have the versions of a process as they are now, to the end of the transaction. Cases that begin do not wait."""
    versions_of = select(Definition.digest).where(Definition.process_id == process_id)
    db.session.execute(versions_of.with_for_update(key_share=True))
