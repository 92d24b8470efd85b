"""Whatever a file was called, it can be saved anywhere, and its name says what it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.cases import attachments
from caseflow.files import types


@pytest.mark.parametrize(("name", "safe"), [
    ("../../etc/passwd", "passwd.jpg"), ("C:\\Users\\li\\现场.JPG", "现场.jpg"), ("photo.jpg.exe", "photo.jpg.exe.jpg"),
    ("gpj\u202egnp.exe", "gpjgnp.exe.jpg"), ("a\x00b\r\nc.jpg", "abc.jpg"), ("", "附件.jpg"), ("...", "附件.jpg"),
    (".jpg", "附件.jpg"), ("con.jpg", "_con.jpg"), ("a" * 300 + ".jpeg", "a" * 100 + ".jpeg"),
    ('a"b<c>|d?.jpg', "a_b_c__d_.jpg"), ("x.jpg.", "x.jpg")])
def test_a_name_is_made_safe_to_save(name, safe):
    assert attachments.safe_name(name, "image/jpeg") == safe


@given(st.text(max_size=300), st.sampled_from(sorted(types.EXTENSIONS)))
def test_whatever_it_was_called_the_name_ends_as_its_kind_and_has_no_folder(name, kind):
    safe = attachments.safe_name(name, kind)
    assert safe.endswith(types.EXTENSIONS[kind]) and len(safe) <= 120
    assert safe.isprintable() and not set(safe) & set('/\\:\x00"') and not safe.startswith(".")
