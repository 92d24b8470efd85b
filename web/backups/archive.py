"""One file of everything: the dump of the database, the files of its attachments, and the digest of each (tar)."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from caseflow.files.store import Store, put
from web.backups.files import BackupFailed, fingerprint, kind_of_dump, require_readable

DATABASE, MANIFEST, FILES = "database", "manifest.json", "files/"
LARGEST_MANIFEST = 1 << 28   # bytes


def pack(draft: Path, dump: Path, store: Store, digests: Iterable[str]) -> tuple[int, list[str]]:
    """Write the archive: how many files went along, and the digests of those that are gone or changed on the disk."""
    sums, lost = {DATABASE: fingerprint(dump)}, []
    with tarfile.open(draft, "w") as archive:
        _add(archive, dump, DATABASE)
        for digest in digests:
            path = store.path_of(digest)
            if not path.is_file() or fingerprint(path) != digest:
                lost.append(digest)
                continue
            _add(archive, path, FILES + digest)
            sums[FILES + digest] = digest
        with beside(draft, "manifest") as manifest:
            manifest.write_text(json.dumps(sums, sort_keys=True), encoding="ascii")
            _add(archive, manifest, MANIFEST)
    return len(sums) - 1, lost


def _add(archive: tarfile.TarFile, path: Path, name: str) -> None:
    entry = tarfile.TarInfo(name)
    with path.open("rb") as file:
        entry.size, entry.mode = os.fstat(file.fileno()).st_size, 0o600
        archive.addfile(entry, file)


def kind_of(path: Path) -> str:
    """The kind of database in this backup; "" for another file. BackupFailed when it cannot be read."""
    require_readable(path)
    try:
        with tarfile.open(path, "r:") as archive:
            first = archive.next()
            dump = archive.extractfile(first) if first and first.name == DATABASE else None
            return kind_of_dump(dump.read(16)) if dump else ""
    except (tarfile.TarError, OSError):
        return ""


@contextmanager
def opened(path: Path, folder: Path) -> Iterator[Path]:
    """The dump in this backup, in a file that is gone afterwards. Refuses (BackupFailed) a backup that is not whole."""
    folder.mkdir(parents=True, exist_ok=True)
    with beside(folder / path.name, "dump") as dump:
        try:
            _check(path, dump)
        except (tarfile.TarError, OSError, ValueError, TypeError) as error:
            raise BackupFailed(f"{path} is damaged: {error}") from error
        yield dump


def _check(path: Path, dump: Path) -> None:
    """Read everything once; the digests must be those of the manifest, which is last."""
    found: dict[str, str] = {}
    manifest = None
    with tarfile.open(path, "r:") as archive:
        for entry in archive:
            content = archive.extractfile(entry)
            if content is None or manifest is not None:
                raise ValueError(f"{entry.name} does not belong there")
            if entry.name == MANIFEST:
                manifest = json.loads(content.read(LARGEST_MANIFEST))
            elif entry.name == DATABASE:
                found[DATABASE] = _copy(content, dump)
            else:
                found[entry.name] = hashlib.file_digest(content, "sha256").hexdigest()
    if not found.get(DATABASE) or found != manifest:
        raise ValueError("what it holds is not what was written")


def _copy(content, dump: Path) -> str:
    digest = hashlib.sha256()
    with dump.open("wb") as file:
        while chunk := content.read(1 << 20):
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def bring_back(path: Path, store: Store) -> int:
    """Put the files of a checked backup where the attachments are; those that are there already stay. How many."""
    brought = 0
    with tarfile.open(path, "r:") as archive:
        for entry in archive:
            if entry.name.startswith(FILES):
                digest = entry.name.removeprefix(FILES)
                if not _is_there(store.path_of(digest), digest):
                    put(store, digest, archive.extractfile(entry))
                brought += 1
    return brought


def _is_there(path: Path, digest: str) -> bool:
    return path.is_file() and fingerprint(path) == digest


@contextmanager
def beside(path: Path, what: str) -> Iterator[Path]:
    """An empty file beside `path`, readable by its owner alone, that is gone afterwards."""
    draft = path.with_name(f".{path.name}.{uuid4().hex}.{what}")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield draft
    finally:
        draft.unlink(missing_ok=True)
