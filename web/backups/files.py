"""The files: written under another name first, readable by their owner alone."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from caseflow.errors import CaseflowError

KINDS = {b"SQLite format 3\0": "sqlite", b"PGDMP": "postgresql"}  # how a dump begins


class BackupFailed(CaseflowError):
    """No backup was made, or none was brought back."""


@contextmanager
def placed(path: Path) -> Iterator[Path]:
    """A draft beside `path` that takes its name, on disk, when all went well; else nothing of it stays."""
    if path.exists():
        raise BackupFailed(f"{path} exists; a backup overwrites nothing")
    draft = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield draft
        _to_disk(draft)
        draft.rename(path)
        _to_disk(path.parent)
    except OSError as error:
        raise BackupFailed(f"{path} could not be written: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)


def kind_of_dump(head: bytes) -> str:
    """The kind of database whose dump begins like this; "" for anything else."""
    return next((kind for begins, kind in KINDS.items() if head.startswith(begins)), "")


def require_readable(path: Path) -> None:
    try:
        path.open("rb").close()
    except OSError as error:
        raise BackupFailed(f"{path} could not be read: {error.strerror}") from error


def fingerprint(path: Path) -> str:
    """SHA-256 of the content, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
