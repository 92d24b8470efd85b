"""The token of a form: what is sent twice with the same one is done once."""

from __future__ import annotations

import re
import secrets

from flask import request

FORM = re.compile(r"[A-Za-z0-9_-]{16,64}")


def new() -> str:
    """A token for a form that is shown for the first time."""
    return secrets.token_urlsafe(24)


def usable(token: str) -> str:
    """This token; one that was lost or spoilt on the way is replaced, so that the work still counts, once."""
    return token if FORM.fullmatch(token) else new()


def sent() -> str:
    """The token of the form that was sent, made usable."""
    return usable(request.form.get("form_token", ""))
