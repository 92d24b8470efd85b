"""Adding files to a case by the screens, and getting them back: as files to save, for those who see the case."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from caseflow.cases import attachments
from caseflow.models import Attachment, Case, db, transaction
from tests.caseflow.samples import JPEG, PDF
from tests.web.desk import Desk, desk_of, words
from web.app import security


@pytest.fixture
def officer(guichi):
    return desk_of(guichi, "first_response")[0]


def number_of(journey):
    return journey.case().number


def send(desk, journey, *files, **fields):
    data = {"file": [(io.BytesIO(content), name) for name, content in files], **fields}
    return desk.browser.post(f"/cases/{number_of(journey)}/files", data=data, content_type="multipart/form-data",
                             follow_redirects=True)


def rows(journey):
    with journey.app.app_context():
        return db.session.query(Attachment).order_by(Attachment.id).all()


def test_a_file_is_added_on_the_case_page_and_saved_from_there(guichi, officer):
    page = send(officer, guichi, ("现场 照片.jpg", JPEG))
    assert "已添加 1 个附件" in words(page) and "现场 照片.jpg" in words(page) and "添加附件：图片" in words(page)
    row, = rows(guichi)
    answer = officer.opens(f"/files/{row.id}")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, JPEG, "image/jpeg")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "filename*=UTF-8''%E7%8E%B0%E5%9C%BA%20%E7%85%A7%E7%89%87.jpg" in answer.headers["Content-Disposition"]
    for name, value in security.HEADERS.items():
        assert answer.headers[name] == value
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_task_page_adds_files_too_and_comes_back_to_itself(guichi):
    desk, item = desk_of(guichi, "first_response")
    page = send(desk, guichi, ("a.pdf", PDF), back=f"/work/{item}")
    assert page.request.path == f"/work/{item}" and "a.pdf" in words(page)


def test_an_address_of_another_site_is_not_gone_back_to(guichi, officer):
    page = send(officer, guichi, ("a.pdf", PDF), back="//evil.example/")
    assert page.request.path == f"/cases/{number_of(guichi)}"


def test_of_several_files_those_that_can_be_taken_are_taken(guichi, officer):
    page = words(send(officer, guichi, ("a.pdf", PDF), ("photo.jpg", b"MZ\x90\x00"), ("empty.txt", b"")))
    assert "已添加 1 个附件" in page
    assert "“photo.jpg”没有添加：不支持这种文件" in page and "“empty.txt”没有添加：文件是空的" in page
    assert [row.name for row in rows(guichi)] == ["a.pdf"]


def test_a_form_without_a_file_says_so(guichi, officer):
    assert "没有选择文件" in words(send(officer, guichi))


def test_only_pictures_are_shown_and_only_as_what_they_are(guichi, officer):
    send(officer, guichi, ("a.jpg", JPEG + b"<script>alert(1)</script>"), ("b.html", b"<script>alert(1)</script>"))
    picture, text = rows(guichi)
    shown = officer.opens(f"/files/{picture.id}/picture")
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert officer.opens(f"/files/{text.id}/picture").status_code == 404
    assert (text.name, officer.opens(f"/files/{text.id}").mimetype) == ("b.html.txt", "text/plain")


def test_a_foreign_case_and_its_files_are_not_there(guichi, officer, clock):
    send(officer, guichi, ("a.jpg", JPEG))
    row, = rows(guichi)
    stranger = Desk(guichi.app, clock, "hefei.dept1.officer")
    assert send(stranger, guichi, ("b.pdf", PDF)).status_code == 404
    for path in (f"/files/{row.id}", f"/files/{row.id}/picture", "/files/999999", f"/files/{2**63 - 1}"):
        assert stranger.opens(path).status_code == 404, path
    assert len(rows(guichi)) == 1


def test_nobody_gets_a_file_without_signing_in(guichi, officer):
    send(officer, guichi, ("a.jpg", JPEG))
    answer = guichi.app.test_client().get(f"/files/{rows(guichi)[0].id}")
    assert answer.status_code == 302 and "/login" in answer.location


def test_a_closed_case_has_no_form_and_takes_nothing(guichi, officer):
    with guichi.app.app_context(), transaction():
        db.session.get(Case, guichi.case_id).status = "closed"
    assert 'name="file"' not in officer.opens(f"/cases/{number_of(guichi)}").text
    assert "已经办结" in words(send(officer, guichi, ("a.jpg", JPEG))) and rows(guichi) == []


def test_a_part_of_a_long_recording_can_be_asked_for(guichi, officer):
    send(officer, guichi, ("a.pdf", PDF))
    row, = rows(guichi)
    answer = officer.browser.get(f"/files/{row.id}", headers={"Range": "bytes=0-3"})
    assert (answer.status_code, answer.data) == (206, PDF[:4])


def test_a_file_that_is_gone_from_the_disk_is_not_found(guichi, officer):
    send(officer, guichi, ("a.jpg", JPEG))
    row, = rows(guichi)
    with guichi.app.app_context():
        attachments.store().path_of(row.digest).unlink()
    assert officer.opens(f"/files/{row.id}").status_code == 404


def test_a_request_larger_than_any_file_is_refused_before_it_is_read(guichi, officer):
    settings = guichi.app.config["CASEFLOW"]
    guichi.app.config["CASEFLOW"] = replace(settings, file_limit=2048, max_upload=1 << 20)
    page = send(officer, guichi, ("a.txt", b"a" * (3 << 20)))
    assert page.status_code == 413 and rows(guichi) == []


def test_whoever_is_not_signed_in_may_send_no_more_than_elsewhere(guichi):
    guichi.app.config["MAX_CONTENT_LENGTH"] = 1024
    answer = guichi.app.test_client().post(f"/cases/{number_of(guichi)}/files", data={
        "file": (io.BytesIO(b"a" * 4096), "a.txt")}, content_type="multipart/form-data")
    assert answer.status_code in (302, 413) and rows(guichi) == []


def test_a_name_that_is_markup_or_turns_the_writing_round_is_harmless(guichi, officer):
    page = send(officer, guichi, ('<img src=x onerror=alert(1)>\u202e.jpg', JPEG))
    row, = rows(guichi)
    assert "<img src=x" not in page.text and "\u202e" not in row.name and "<" not in row.name
    disposition = officer.opens(f"/files/{row.id}").headers["Content-Disposition"]
    assert "\r" not in disposition and disposition.count("attachment") == 1
