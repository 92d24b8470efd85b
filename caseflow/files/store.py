"""Files on disk, each under the SHA-256 of its content: written beside first, on disk, and only then named.

What the rows say of them is in caseflow/cases/attachments.py. The folder is outside whatever is served.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from caseflow.errors import InvalidInput
from caseflow.files import types

CHUNK = 1 << 18   # bytes
INCOMING = "incoming"


@dataclass(frozen=True, slots=True)
class Store:
    """Where the files of one database are, and how large they may be: one file, and all of one case, in bytes."""

    folder: Path
    file_limit: int
    case_limit: int

    def path_of(self, digest: str) -> Path:
        """Where the file with this SHA-256 (hex digits) lies, be it there or not: in a folder by their first two."""
        return self.folder / digest[:2] / digest


@dataclass(frozen=True, slots=True)
class Received:
    """A file that is on disk: its SHA-256, size in bytes and kind."""

    digest: str
    size: int
    kind: str


def receive(store: Store, file: BinaryIO) -> Received:
    """Take in a file; what was there with the same content stays one file.

    Refuses with InvalidInput (field `file`): empty, too_large, not_allowed (its content is of no kind that is taken).
    """
    draft = _draft(store)
    try:
        digest, size = _write(draft, file, store.file_limit)
        kind = types.kind_of(draft)
        if kind is None:
            raise InvalidInput(fields={"file": "not_allowed"})
        _place(store, draft, digest)
    finally:
        draft.unlink(missing_ok=True)
    return Received(digest, size, kind)


def put(store: Store, digest: str, file: BinaryIO) -> None:
    """Bring back a file that was taken in before. Refuses (ValueError) other content than that of `digest`."""
    draft = _draft(store)
    try:
        if _write(draft, file, None)[0] != digest:
            raise ValueError(f"the content is not that of {digest}")
        _place(store, draft, digest)
    finally:
        draft.unlink(missing_ok=True)


def sweep(store: Store, before: datetime, is_known: Callable[[str], bool]) -> int:
    """Remove what was last written before that moment and `is_known(digest)` denies; how many files that were.

    Each is put aside first and looked at again, so that one that was taken in just now comes back.
    """
    removed = 0
    for path in [*store.folder.glob("[0-9a-f][0-9a-f]/*"), *store.folder.glob(f"{INCOMING}/*")]:
        with suppress(FileNotFoundError):
            if not _is_needed(path, path.name, before, is_known):
                removed += _remove(store, path, before, is_known)
    return removed


def _is_needed(path: Path, digest: str, before: datetime, is_known: Callable[[str], bool]) -> bool:
    return path.stat().st_mtime >= before.timestamp() or path.parent.name != INCOMING and is_known(digest)


def _remove(store: Store, path: Path, before: datetime, is_known: Callable[[str], bool]) -> bool:
    if path.parent.name == INCOMING:
        path.unlink()
        return True
    aside = _draft(store)
    path.rename(aside)
    if aside.stat().st_mtime >= before.timestamp() or is_known(path.name):
        aside.replace(path)
        return False
    aside.unlink()
    return True


def _draft(store: Store) -> Path:
    folder = store.folder / INCOMING
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / uuid4().hex


def _write(draft: Path, file: BinaryIO, limit: int | None) -> tuple[str, int]:
    """Copy the content to `draft`, on disk; its SHA-256 and size."""
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as copy:
        while chunk := file.read(CHUNK):
            size += len(chunk)
            if limit is not None and size > limit:
                raise InvalidInput(fields={"file": "too_large"})
            digest.update(chunk)
            copy.write(chunk)
        if not size:
            raise InvalidInput(fields={"file": "empty"})
        copy.flush()
        os.fsync(copy.fileno())
    return digest.hexdigest(), size


def _place(store: Store, draft: Path, digest: str) -> None:
    path = store.path_of(digest)
    path.parent.mkdir(exist_ok=True, mode=0o700)
    draft.replace(path)
    for folder in (path.parent, store.folder):
        _to_disk(folder)


def _to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
