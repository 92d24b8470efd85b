"""Files of a case: photographs, recordings, documents. What was added stays, and is for those who may see the case."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import exists, func, select

from caseflow.casefile import journal
from caseflow.casefile.readings import Reading
from caseflow.errors import CaseClosed, InvalidInput, NotFound, PermissionDenied
from caseflow.files import store as file_store
from caseflow.files import types
from caseflow.files.store import Received, Store
from caseflow.models import Attachment, Case, User, db, lock_case_row
from caseflow.people import permissions
from caseflow.people.permissions import Actor

STORE = "caseflow_files"    # the execution option of a database's engine that says where its files are
PURPOSES = ("file", "evidence")
MOST_FILES = 200            # of one case
LONGEST_NAME = 100          # characters
UNNAMED = "附件"
HOLD = timedelta(days=1)    # a file without a row may belong to a transaction that is under way
FORBIDDEN = frozenset('<>:"/\\|?*%')
DEVICES = frozenset(("CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10))))


def store() -> Store:
    """Where the files of the current database are."""
    return db.engine.get_execution_options()[STORE]


def receive(file: BinaryIO) -> Received:
    """Take in a large file before the transaction in which it is kept. Refuses as `keep` does."""
    return file_store.receive(store(), file)


def keep(case_id: int, actor: Actor, file: BinaryIO | Received, name: str, now: datetime, *,
         purpose: str = "file") -> Attachment:
    """Add a file to an open case, for good; journaled as file_added. Its kind is found by its content.

    The same content again answers with the first row and changes nothing. Refuses with NotFound, PermissionDenied
    (auditors), CaseClosed, or InvalidInput whose field `file` says: empty, too_large, not_allowed, case_full.
    """
    case = lock_case_row(case_id)
    permissions.require_see(actor, case)
    require_add(case, actor)
    received = file if isinstance(file, Received) else receive(file)
    earlier = _same(case, purpose, received)
    return earlier or _add(case, actor, received, name, now, purpose)


def _same(case: Case, purpose: str, received: Received) -> Attachment | None:
    return db.session.scalar(select(Attachment).where(
        Attachment.case_id == case.id, Attachment.purpose == purpose, Attachment.digest == received.digest))


def _add(case: Case, actor: Actor, received: Received, name: str, now: datetime, purpose: str) -> Attachment:
    if purpose not in PURPOSES:
        raise ValueError(purpose)
    number, size = db.session.execute(select(func.count(), func.coalesce(func.sum(Attachment.size), 0)).where(
        Attachment.case_id == case.id)).one()
    if number >= MOST_FILES or size + received.size > store().case_limit:
        raise InvalidInput(fields={"file": "case_full"})
    row = Attachment(
        case_id=case.id, purpose=purpose, name=safe_name(name, received.kind), kind=received.kind, size=received.size,
        digest=received.digest, added_by=actor.user_id, added_at=now)
    db.session.add(row)
    db.session.flush()
    journal.append(case, "file_added", actor, now, {
        "file": row.id, "kind": row.kind, "size": row.size, "sha256": row.digest, "purpose": purpose})
    return row


def of_case(case_id: int, actor: Actor) -> list[Attachment]:
    """The files of a case, oldest first. NotFound when the actor may not see it."""
    _require_see(case_id, actor)
    return list(db.session.scalars(select(Attachment).where(Attachment.case_id == case_id).order_by(Attachment.id)))


def names_of(rows: list[Attachment]) -> dict[int, str]:
    """By whom these files were added: user id → name."""
    people = {row.added_by for row in rows}
    return dict(db.session.execute(select(User.id, User.name).where(User.id.in_(people))).all()) if people else {}


def find(attachment_id: int, actor: Actor) -> tuple[Attachment, Path]:
    """A file and where its content is. NotFound unless the actor may see its case."""
    row = db.session.get(Attachment, attachment_id)
    if row is None:
        raise NotFound
    _require_see(row.case_id, actor)
    return row, store().path_of(row.digest)


def may_add(case: Case | Reading, actor: Actor) -> bool:
    """Whether the actor, who sees the case, may add files to it."""
    return case.status == "open" and permissions.may_contribute(actor)


def require_add(case: Case, actor: Actor) -> None:
    """PermissionDenied for those who only look at cases, CaseClosed when this one is open no more."""
    if not permissions.may_contribute(actor):
        raise PermissionDenied
    if case.status != "open":
        raise CaseClosed


def _require_see(case_id: int, actor: Actor) -> None:
    case = db.session.get(Case, case_id)
    if case is None:
        raise NotFound
    permissions.require_see(actor, case)


def safe_name(name: str, kind: str) -> str:
    """The name under which a file can be saved anywhere, ending as its kind does whatever it was called.

    Without folders, control characters, marks that turn the direction of writing, and names of devices.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    visible = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C")
    plain = "".join("_" if c in FORBIDDEN else c for c in " ".join(visible.split())).rstrip(". ")
    stem, dot, end = plain.rpartition(".")
    ends = types.EXTENSIONS[kind]
    if not dot or f".{end.lower()}" not in ends:
        stem, end = plain, ends[0][1:]
    stem = stem[:LONGEST_NAME].strip(". ") or UNNAMED
    return f"{'_' if stem.partition('.')[0].upper() in DEVICES else ''}{stem}.{end.lower()}"


def lost() -> Iterator[tuple[str, int]]:
    """(case number, file id) of the rows whose content is not on disk, or not as long as it was."""
    here = store()
    rows = select(Case.number, Attachment.id, Attachment.digest, Attachment.size).join(
        Case, Case.id == Attachment.case_id).order_by(Attachment.id)
    for number, attachment_id, digest, size in db.session.execute(rows):
        path = here.path_of(digest)
        if not path.is_file() or path.stat().st_size != size:
            yield number, attachment_id


def sweep(now: datetime) -> int:
    """Remove the files that no row speaks of and that are older than a day; `now` by the machine's clock."""
    return file_store.sweep(store(), now - HOLD, lambda digest: bool(db.session.scalar(
        select(exists().where(Attachment.digest == digest)))))
