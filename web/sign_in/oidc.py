"""Signing in at an OpenID Connect provider: authorization code with state, nonce and PKCE.

The provider only says who somebody is. Whatever it answers is checked before it is believed; nothing is kept of it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import secrets
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from web.app.config import Settings, is_safe_url

ALGORITHMS = ("RS256", "PS256", "ES256")     # signatures by a key that only the provider has; never "none" or HMAC
LONGEST_ANSWER = 512 * 1024                   # bytes
LONGEST_WAY = 10 * 60                         # seconds from here to the provider and back
LEEWAY = 60                                   # seconds that two clocks may differ


class SignInFailed(Exception):
    """The identity provider did not confirm who this is."""


@dataclass(frozen=True, slots=True)
class Provider:
    """What the provider says of itself."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str = ""


def find_provider(settings: Settings) -> Provider:
    """Ask the configured issuer for its addresses; SignInFailed when it is another, or names unsafe ones."""
    told = _call("GET", settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration", settings)
    if told.get("issuer") != settings.oidc_issuer:
        raise SignInFailed("the provider calls itself by another name")
    needed = {name: told.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    end = told.get("end_session_endpoint") or ""
    if not all(isinstance(url, str) and is_safe_url(url) for url in (*needed.values(), *([end] if end else []))):
        raise SignInFailed("the provider names an address that is not https")
    return Provider(**needed, end_session_endpoint=end)


def begin(settings: Settings, now: datetime) -> tuple[str, dict[str, Any]]:
    """Where to send the browser, and what to remember until it comes back."""
    kept = {"state": secrets.token_urlsafe(32), "nonce": secrets.token_urlsafe(32),
            "verifier": secrets.token_urlsafe(64), "at": int(now.timestamp())}
    challenge = base64.urlsafe_b64encode(hashlib.sha256(kept["verifier"].encode()).digest()).rstrip(b"=").decode()
    return _with(find_provider(settings).authorization_endpoint, {
        "response_type": "code", "client_id": settings.oidc_client_id, "redirect_uri": back_address(settings),
        "scope": "openid", "state": kept["state"], "nonce": kept["nonce"], "code_challenge": challenge,
        "code_challenge_method": "S256"}), kept


def finish(settings: Settings, answer: Mapping[str, str], kept: Mapping[str, Any] | None, now: datetime) -> str:
    """The subject of whoever came back with this answer. SignInFailed when anything does not fit."""
    if not kept or not hmac.compare_digest(answer.get("state", "").encode(), kept["state"].encode()):
        raise SignInFailed("another state, or none")
    if not 0 <= int(now.timestamp()) - kept["at"] <= LONGEST_WAY:
        raise SignInFailed("it took too long")
    if answer.get("iss", settings.oidc_issuer) != settings.oidc_issuer:
        raise SignInFailed("an answer of another provider")
    if "error" in answer or not answer.get("code"):
        raise SignInFailed("refused by the provider")
    provider = find_provider(settings)
    token = _call("POST", provider.token_endpoint, settings, {
        "grant_type": "authorization_code", "code": answer["code"], "redirect_uri": back_address(settings),
        "code_verifier": kept["verifier"], "client_id": settings.oidc_client_id}).get("id_token")
    if not isinstance(token, str):
        raise SignInFailed("no ID token")
    return _subject(token, _call("GET", provider.jwks_uri, settings), settings, kept["nonce"], now)


def end_address(settings: Settings) -> str:
    """Where the provider's own login is ended; the login page when it has no such address."""
    here = settings.public_url.rstrip("/") + "/login"
    end = find_provider(settings).end_session_endpoint
    return _with(end, {"client_id": settings.oidc_client_id, "post_logout_redirect_uri": here}) if end else here


def back_address(settings: Settings) -> str:
    return settings.public_url.rstrip("/") + "/login/oidc/back"


def _subject(token: str, keys: Mapping[str, Any], settings: Settings, nonce: str, now: datetime) -> str:
    essential = {"essential": True}
    rules = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()), leeway=LEEWAY, iss={"essential": True, "value": settings.oidc_issuer},
        aud={"essential": True, "value": settings.oidc_client_id}, exp=essential, iat=essential, sub=essential,
        nonce={"essential": True, "value": nonce})
    try:
        claims = jwt.decode(token, KeySet.import_key_set(keys), algorithms=list(ALGORITHMS)).claims
        rules.validate(claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise SignInFailed(f"the ID token does not hold: {type(error).__name__}") from error
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", settings.oidc_client_id) != settings.oidc_client_id or (several and "azp" not in claims):
        raise SignInFailed("an ID token for another client")
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise SignInFailed("an ID token of nobody")
    return claims["sub"]


def _call(method: str, url: str, settings: Settings, form: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A JSON object from one address; no redirect is followed, no proxy of the environment used."""
    parts = urlsplit(url)
    headers = {"Accept": "application/json", "Connection": "close"}
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        if settings.oidc_client_secret:
            pair = f"{quote(settings.oidc_client_id, safe='')}:{quote(settings.oidc_client_secret, safe='')}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    connection = _connection(parts.scheme, parts.hostname or "", parts.port, settings.channel_timeout)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, urlencode(form) if form is not None else None, headers)
        answer = connection.getresponse()
        body = answer.read(LONGEST_ANSWER)
        told = orjson.loads(body) if answer.status == 200 else None
    except (OSError, http.client.HTTPException, orjson.JSONDecodeError) as error:
        raise SignInFailed(f"{parts.hostname} does not answer: {type(error).__name__}") from error
    finally:
        connection.close()
    if not isinstance(told, dict):
        raise SignInFailed(f"{parts.hostname} answered {answer.status}")
    return told


def _connection(scheme: str, host: str, port: int | None, timeout: int) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=timeout, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=timeout)


def _with(url: str, query: Mapping[str, str]) -> str:
    return url + ("&" if "?" in url else "?") + urlencode(query)
