"""Files of a case: taken once, under a safe name, for those who see the case; nothing of them is lost unsaid."""

from __future__ import annotations

import io
import json
import os
import threading
from datetime import UTC, datetime

import pytest

from caseflow.cases import attachments
from caseflow.errors import CaseClosed, InvalidInput, NotFound, PermissionDenied
from caseflow.files import store as file_store
from caseflow.health import doctor
from caseflow.models import Attachment, Case, Unit, db, transaction
from tests.caseflow.samples import JPEG, PDF, PNG
from tests.ground import at_once, colleague, entries, newcomer, person
from tests.journeys.kit import Journey

pytestmark = pytest.mark.both_databases


@pytest.fixture
def guichi(installed, app, clock, session):
    return Journey(app, clock, "guichi").bad_review()


@pytest.fixture
def officer(guichi):
    return person("guichi.dept1.officer")


def add(guichi, actor, content=JPEG, name="现场.jpg", **how):
    with transaction():
        return attachments.keep(guichi.case_id, actor, io.BytesIO(content), name, guichi.now, **how)


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def folder():
    return attachments.store().folder


def test_a_file_is_kept_under_its_digest_and_stands_in_the_journal_without_its_name(guichi, officer):
    row = add(guichi, officer)
    found, path = attachments.find(row.id, officer)
    assert (found.name, found.kind, found.size) == ("现场.jpg", "image/jpeg", len(JPEG))
    assert path.read_bytes() == JPEG and path.name == found.digest
    assert files(folder()) == [path] and path.stat().st_mode & 0o777 == 0o600
    details = json.loads(entries(guichi.case_id, "file_added")[0].details)
    assert details == {"file": row.id, "kind": "image/jpeg", "size": len(JPEG), "sha256": found.digest,
                       "purpose": "file"}
    guichi.healthy()


def test_the_same_content_again_is_the_same_file(guichi, officer):
    first, again = add(guichi, officer), add(guichi, officer, name="又一次.jpg")
    assert again.id == first.id and len(entries(guichi.case_id, "file_added")) == 1
    other = add(guichi, officer, purpose="evidence")
    assert other.id != first.id and other.digest == first.digest and len(files(folder())) == 1


def test_a_file_sent_twice_at_once_is_kept_once(guichi, officer, app):
    answers = at_once(app, *[lambda: add(guichi, officer).id for _ in range(4)])
    assert len(set(answers)) == 1
    db.session.rollback()
    assert [row.id for row in attachments.of_case(guichi.case_id, officer)] == [answers[0]]
    assert len(entries(guichi.case_id, "file_added")) == 1


@pytest.mark.parametrize(("content", "why"), [(b"", "empty"), (b"MZ\x90\x00", "not_allowed")])
def test_what_is_not_taken_leaves_nothing(guichi, officer, content, why):
    with pytest.raises(InvalidInput) as refused:
        add(guichi, officer, content)
    assert refused.value.fields == {"file": why}
    assert files(folder()) == [] and entries(guichi.case_id, "file_added") == []


def test_a_file_over_the_limit_is_not_read_to_its_end(guichi, officer):
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size=-1):
            self.given += size
            return b"a" * size

    endless = Endless()
    with pytest.raises(InvalidInput) as refused, transaction():
        attachments.keep(guichi.case_id, officer, endless, "a.txt", guichi.now)
    assert refused.value.fields == {"file": "too_large"} and files(folder()) == []
    assert endless.given <= attachments.store().file_limit + 2 * (1 << 18)


def test_a_case_takes_no_more_than_its_share(guichi, officer, monkeypatch):
    monkeypatch.setattr(attachments, "MOST_FILES", 1)
    add(guichi, officer)
    with pytest.raises(InvalidInput) as refused:
        add(guichi, officer, PDF)
    assert refused.value.fields == {"file": "case_full"}


def test_whoever_may_not_see_the_case_finds_neither_it_nor_its_files(guichi, officer, session):
    row = add(guichi, officer)
    stranger = person("hefei.dept1.officer")
    for attempt in (lambda: add(guichi, stranger), lambda: attachments.find(row.id, stranger),
                    lambda: attachments.of_case(guichi.case_id, stranger), lambda: attachments.find(10**9, officer)):
        with pytest.raises(NotFound):
            attempt()


def test_an_auditor_looks_and_adds_nothing(guichi, officer, session):
    row = add(guichi, officer)
    auditor = newcomer("auditor", ("auditor", session.get(Case, guichi.case_id).unit_id))
    assert attachments.find(row.id, auditor)[0].id == row.id
    with pytest.raises(PermissionDenied):
        add(guichi, auditor, PDF)


def test_a_closed_case_takes_no_more_files(guichi, officer, session):
    with transaction():
        session.get(Case, guichi.case_id).status = "closed"
    with pytest.raises(CaseClosed):
        add(guichi, officer)
    assert files(folder()) == []


def test_a_file_whose_row_was_not_kept_is_swept_a_day_later(guichi, officer):
    kept = add(guichi, officer)
    with pytest.raises(RuntimeError), transaction():
        attachments.keep(guichi.case_id, officer, io.BytesIO(PDF), "a.pdf", guichi.now)
        raise RuntimeError("the power is gone")
    store = attachments.store()
    (store.folder / "incoming" / "half").write_bytes(b"half a file")
    assert len(files(store.folder)) == 3
    written = datetime.fromtimestamp(store.path_of(kept.digest).stat().st_mtime, UTC)
    assert attachments.sweep(written + attachments.HOLD / 2) == 0
    assert attachments.sweep(written + attachments.HOLD * 2) == 2
    assert files(store.folder) == [store.path_of(kept.digest)]


def test_a_file_that_is_taken_in_while_the_sweep_looks_at_it_stays(guichi, officer):
    store = attachments.store()
    received = attachments.receive(io.BytesIO(PDF))
    path = store.path_of(received.digest)
    os.utime(path, (0, 0))
    asked = threading.Event()

    def taken_meanwhile(digest):
        if not asked.is_set():
            asked.set()
            attachments.receive(io.BytesIO(PDF))
        return False

    assert file_store.sweep(store, datetime(2001, 1, 1, tzinfo=UTC), taken_meanwhile) == 0
    assert path.read_bytes() == PDF


@pytest.mark.parametrize("spoil", ["gone", "cut"])
def test_the_doctor_complains_of_a_row_without_its_file(guichi, officer, spoil):
    row = add(guichi, officer)
    _, path = attachments.find(row.id, officer)
    path.unlink() if spoil == "gone" else path.write_bytes(JPEG[:-1])
    assert [(c.code, c.subject) for c in doctor.examine(guichi.now)] == [("missing_file", str(row.id))]


def test_a_colleague_sees_what_was_added(guichi, officer, session):
    row = add(guichi, officer, PNG, "a.png")
    item = guichi._item("first_response")
    assert [found.id for found in attachments.of_case(guichi.case_id, colleague(item))] == [row.id]
    assert attachments.names_of([row]) == {officer.user_id: officer.name}


def test_the_database_keeps_the_row_as_it_was(guichi, officer, session):
    add(guichi, officer)
    for statement in (Attachment.__table__.update().values(name="b.jpg"), Attachment.__table__.delete()):
        with pytest.raises(Exception, match="stays as it is"):
            db.session.execute(statement)
        db.session.rollback()
    assert session.query(Unit).count() > 0
