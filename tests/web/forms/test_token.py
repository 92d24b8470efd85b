"""The token of a form: kept when it came back whole, replaced when it did not."""

from __future__ import annotations

import pytest

from web.forms import token


def test_a_new_token_is_usable_as_it_is_and_no_other_is_like_it():
    first, second = token.new(), token.new()
    assert (token.usable(first), token.usable(second)) == (first, second)
    assert first != second


@pytest.mark.parametrize("spoilt", ["", "short", "x" * 65, "with blanks in the middle", "x" * 20 + "\x00", "令" * 20])
def test_a_token_that_was_lost_or_spoilt_is_replaced(spoilt):
    made = token.usable(spoilt)
    assert made != spoilt and token.FORM.fullmatch(made)


def test_the_token_of_the_form_that_was_sent_is_the_one_it_had(app):
    kept = token.new()
    with app.test_request_context(method="POST", data={"form_token": kept}):
        assert token.sent() == kept
    with app.test_request_context(method="POST"):
        assert token.FORM.fullmatch(token.sent())
