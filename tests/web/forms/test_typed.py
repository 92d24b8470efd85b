"""What people type, as one line."""

from __future__ import annotations

import pytest

from web.forms import typed


@pytest.mark.parametrize(("sent", "read"), [
    ("等待材料", "等待材料"), ("  等待\r\n 材料\t", "等待 材料"), ("等\x00待\u200b材\ufeff料", "等待材料"),
    ("\x00 ", ""), (None, "")])
def test_a_field_is_one_line_without_what_cannot_be_seen_or_kept(app, sent, read):
    with app.test_request_context(method="POST", data={} if sent is None else {"reason": sent}):
        assert typed.line("reason") == read
