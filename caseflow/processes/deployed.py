"""Deployed processes: the diagram files a case is pinned to, by digest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

import orjson
from sqlalchemy import select

from caseflow.engine import definition as engine
from caseflow.engine.values import UserTask
from caseflow.errors import ConfigurationError, NotFound, StepFailed
from caseflow.law import regulations
from caseflow.models import Case, Definition, JournalEntry, db


def shipped(regulation: str, name: str, topics: Collection[str] | None = None) -> engine.Definition:
    """The process in the files of bpmn/<regulation>/; `topics` are the effects there are. DefinitionRefused."""
    return engine.load(
        regulations.files(regulation), trusted=True, process_id=f"{regulation}_{name}", topics=topics)


def versions(process_id: str) -> list[Definition]:
    """Every version of a process that was ever deployed, the newest first."""
    return list(db.session.scalars(
        select(Definition).where(Definition.process_id == process_id).order_by(Definition.number.desc())
        .execution_options(populate_existing=True)))


def all_current() -> list[Definition]:
    """The version of each process under which new cases start, by the process's id."""
    return list(db.session.scalars(select(Definition).where(Definition.current).order_by(Definition.process_id)))


def processes_of(regulation: str) -> list[str]:
    """The ids of the processes of this regulation that are deployed, sorted."""
    query = select(Definition.process_id).where(Definition.regulation == regulation, Definition.current)
    return list(db.session.scalars(query.order_by(Definition.process_id)))


def row_of(process_id: str, digest: str | None = None) -> Definition:
    """The current version of a process, or the one with this digest. NotFound."""
    which = Definition.current if digest is None else Definition.digest == digest
    query = select(Definition).where(Definition.process_id == process_id, which)
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def current(regulation: str, name: str) -> engine.Definition:
    """The process that a new case of this regulation starts under."""
    query = select(Definition.digest).where(Definition.process_id == f"{regulation}_{name}", Definition.current)
    digest = db.session.scalar(query)
    if digest is None:
        raise ConfigurationError(f"{regulation}_{name} is not deployed; run `caseflow init`.")
    return by_digest(digest)


def of(case: Case) -> engine.Definition:
    """The process this case is pinned to."""
    return by_digest(case.instance.definition)


def with_earlier(definition: engine.Definition, entries: Iterable[JournalEntry]) -> engine.Definition:
    """The process of a case together with the elements it was under before it was moved, to speak of its past.

    `entries` are the case's. What both have is as it is now; the drawing and its outline are those of today.
    """
    earlier = [by_digest(orjson.loads(entry.details)["from"]) for entry in entries if entry.kind == "case_migrated"]
    return replace(definition, **{
        part: MappingProxyType({name: found for version in (*earlier, definition)
                                for name, found in getattr(version, part).items()})
        for part in ("elements", "user_tasks", "messages")}) if earlier else definition


def by_digest(digest: str) -> engine.Definition:
    """The process stored under this digest. StepFailed when its files are no longer what was deployed."""
    known = engine.loaded(digest)
    if known is not None:
        return known
    row = db.session.get(Definition, digest)
    if row is None:
        raise NotFound(f"No process definition has the digest {digest[:12]}.")
    process = engine.load(texts_of(row.files), trusted=True, process_id=row.process_id, deployed=True)
    if process.digest != digest:
        raise StepFailed(f"The stored files of {row.process_id} are not those that were deployed as {digest[:12]}.")
    return process


def task(definition: engine.Definition, element: str, visit: int) -> UserTask:
    """A user task as it is asked for at this visit: what a form offers at the first only is gone at the next."""
    return definition.user_tasks[element].at_visit(visit)


def choice_name(digest: str, element: str, field: str, value: str) -> str:
    """What the form of this task calls an answer; the answer itself where the version asks nothing of the kind."""
    asked = by_digest(digest).user_tasks.get(element)
    choices = next((dict(one.choices) for one in asked.form if one.id == field), {}) if asked else {}
    return choices.get(value, value)


def deployed_files(process_id: str) -> Mapping[str, bytes]:
    """The files of the version under which new cases start: name → text; none before the first."""
    found = db.session.scalar(select(Definition.files).where(Definition.process_id == process_id, Definition.current))
    return texts_of(found) if found else {}


def texts_of(files: str) -> Mapping[str, bytes]:
    """The files of a definition as its row keeps them."""
    return {name: text.encode() for name, text in orjson.loads(files).items()}
