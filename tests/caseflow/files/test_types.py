"""The kind of a file is what its content says, and nothing is unpacked to find out."""

from __future__ import annotations

import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caseflow.files import types
from tests.caseflow.samples import JPEG, PDF, REFUSED, TAKEN, archive, office


def kind_of(folder, content):
    path = folder / "file"
    path.write_bytes(content)
    return types.kind_of(path)


@pytest.mark.parametrize("name", TAKEN)
def test_a_file_of_a_kind_that_is_taken_is_known_by_its_content(name, tmp_path):
    kind = kind_of(tmp_path, TAKEN[name])
    assert f".{name.rpartition('.')[2]}" in types.EXTENSIONS[kind]


@pytest.mark.parametrize("name", REFUSED)
def test_everything_else_is_of_no_kind(name, tmp_path):
    assert kind_of(tmp_path, REFUSED[name]) is None


@pytest.mark.parametrize(("content", "kind"), [
    (JPEG + archive("evil.html"), "image/jpeg"), (PDF + b"<script>alert(1)</script>", "application/pdf"),
    (b"<html><script>alert(1)</script></html>", "text/plain")])
def test_a_file_that_is_two_things_counts_as_what_it_begins_as(content, kind, tmp_path):
    assert kind_of(tmp_path, content) == kind


def test_an_archive_hidden_behind_something_else_is_no_office_document(tmp_path):
    assert kind_of(tmp_path, b"\x00\x01" + office("docx")) is None


def test_a_document_that_would_unpack_to_gigabytes_is_taken_unread(tmp_path):
    bomb = office("docx", content=bytes(40_000_000), packed=True)
    assert len(bomb) < 200_000
    assert kind_of(tmp_path, bomb).endswith("wordprocessingml.document")


def test_a_document_that_says_to_have_very_many_parts_is_not_read(tmp_path):
    content = bytearray(office("docx"))
    at = content.rindex(b"PK\x05\x06")
    content[at + 10:at + 12] = struct.pack("<H", 65_000)
    assert kind_of(tmp_path, bytes(content)) is None


@settings(suppress_health_check=[HealthCheck.too_slow])     # the first document is made while values are drawn
@given(st.data())
def test_whatever_is_wrong_in_a_document_it_is_refused_or_taken_and_never_an_error(tmp_path_factory, data):
    content = bytearray(office("docx"))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(4, len(content)))
    kind = kind_of(tmp_path_factory.mktemp("files"), bytes(content[:cut]))
    assert kind is None or kind in types.EXTENSIONS
