"""SMS and enterprise chat: POST of a small JSON object to one configured address."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

import orjson

from caseflow.notices.channels import SENT, Message, Outcome, dead, retry

LATER = (408, 425, 429)     # "not now" says nothing about the message itself


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where to post, and how to say who we are: a bearer token, or a secret for an HMAC-SHA256 of the body."""

    url: str
    token: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    timeout: int = 10     # seconds


def send(message: Message, gateway: Gateway, now: datetime) -> Outcome:
    """Post the message once. 2xx: sent; 4xx and redirects: dead; 5xx, timeouts and lost connections: try again.

    Redirects are not followed and no proxy of the environment is used: nothing but the configured host is called.
    """
    body = orjson.dumps({"id": message.key, "kind": message.kind, "to": message.to, "title": message.subject,
                         "text": message.text})
    parts = urlsplit(gateway.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _connection(parts.scheme, parts.hostname or "", parts.port, gateway.timeout)
    try:
        connection.request("POST", path, body, _headers(message, gateway, body, now))
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return retry(f"{type(error).__name__}: {error}")
    finally:
        connection.close()
    if 200 <= status < 300:
        return SENT
    return retry(f"HTTP {status}") if status >= 500 or status in LATER else dead(f"HTTP {status}")


def _connection(scheme: str, host: str, port: int | None, timeout: int) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=timeout, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=timeout)


def _headers(message: Message, gateway: Gateway, body: bytes, now: datetime) -> dict[str, str]:
    headers = {"Content-Type": "application/json", "Idempotency-Key": message.key, "Connection": "close"}
    if gateway.token:
        headers["Authorization"] = f"Bearer {gateway.token}"
    if gateway.secret:
        stamp = str(int(now.timestamp()))
        signed = hmac.new(gateway.secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers |= {"X-Caseflow-Timestamp": stamp, "X-Caseflow-Signature": f"sha256={signed}"}
    return headers
