"""A digest of a pushed line tells nothing without the key."""

from __future__ import annotations

import hashlib

import pytest

from caseflow.errors import ConfigurationError
from caseflow.ratings import line_key


@pytest.fixture(autouse=True)
def provider(monkeypatch):
    monkeypatch.setattr(line_key, "_line_key", line_key._none)


def test_the_digest_is_that_of_the_line_under_the_key():
    line_key.provide(lambda: b"k" * 32)
    one = line_key.digest_of_line('{"mobile": "13900000001"}')
    assert len(one) == 64 and one == line_key.digest_of_line('{"mobile": "13900000001"}')
    assert one != line_key.digest_of_line('{"mobile": "13900000002"}')
    assert one != hashlib.sha256(b'{"mobile": "13900000001"}').hexdigest()
    line_key.provide(lambda: b"l" * 32)
    assert one != line_key.digest_of_line('{"mobile": "13900000001"}')


def test_without_a_key_it_is_refused():
    with pytest.raises(ConfigurationError):
        line_key.digest_of_line("{}")
