"""A person at a browser, over real HTTP: signs in, opens a task's form, sends it, and sends it again if cut off."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode

from caseflow.install import random_people

PATIENCE = 60  # seconds for an answer
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
CHANGED_MEANWHILE = "案件刚刚有变化"   # the form is shown again, with what was typed: send it once more


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class Browser:
    """Each person keeps a session of their own; OSError when the server cannot be reached or breaks off."""

    def __init__(self, port: int) -> None:
        self._site = f"http://127.0.0.1:{port}"
        self._sessions: dict[str, urllib.request.OpenerDirector] = {}

    def submit(self, facts: Mapping[str, Any]) -> tuple[int, str]:
        """Send the form of a task with this token; the status, and "again" when the page asks to send it once more."""
        page = f"/work/{facts['item']}"
        status, text = self._get(facts["username"], page)
        if status == 302:
            self._sign_in(facts["username"])
            status, text = self._get(facts["username"], page)
            if status == 302:       # signing in failed: that the form was not even asked for is no answer to it
                raise ConnectionError("not signed in")
        if status != 200:
            return status, ""
        values = {f"f-{name}": str(value).lower() if isinstance(value, bool) else value
                  for name, value in facts["values"].items()}
        form = {"csrf_token": _csrf(text), "form_token": facts["token"], **values,
                "late_reason": random_people.LATE_REASON}
        return self._post(facts["username"], page, form)

    def _sign_in(self, username: str) -> None:
        _, text = self._get(username, "/login")
        self._post(username, "/login/as", {"csrf_token": _csrf(text), "username": username})

    def _get(self, username: str, path: str) -> tuple[int, str]:
        return self._open(username, urllib.request.Request(self._site + path))

    def _post(self, username: str, path: str, form: Mapping[str, Any]) -> tuple[int, str]:
        request = urllib.request.Request(self._site + path, urlencode(form).encode(), {"Referer": self._site + path})
        status, text = self._open(username, request)
        return status, "again" if status == 409 and CHANGED_MEANWHILE in text else ""

    def _open(self, username: str, request: urllib.request.Request) -> tuple[int, str]:
        if username not in self._sessions:
            jar = urllib.request.HTTPCookieProcessor(CookieJar())
            self._sessions[username] = urllib.request.build_opener(jar, _NoRedirect)
        try:
            with self._sessions[username].open(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refusal:
            return refusal.code, refusal.read().decode()
        except HTTPException as broken:
            raise ConnectionError(str(broken)) from broken


def _csrf(page: str) -> str:
    found = CSRF.search(page)
    if found is None:
        raise ConnectionError("no form on this page")
    return found.group(1)
