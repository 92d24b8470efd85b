"""An OpenID Connect provider on loopback, as the specification says: discovery, keys, codes that are used once, PKCE.

`signs_in` is who its user is. A test spoils what it answers through `spoil`, which gets each answer before it leaves.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "caseflow", "s3cret/with:signs"


class Provider:
    def __init__(self, clock: Callable[[], Any]) -> None:
        self.clock, self.signs_in, self.issuer = clock, "subject-1", ""
        self.key = RSAKey.generate_key(2048, parameters={"kid": "k1", "use": "sig", "alg": "RS256"})
        self.signing, self.header = self.key, {"alg": "RS256", "kid": "k1"}
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.spoil: Callable[[str, dict], dict] = lambda what, answer: answer

    # what the provider answers, by path

    def discovery(self) -> dict:
        return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/jwks", **{
            f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in (
                ("authorization", "authorize"), ("token", "token"), ("end_session", "logout"))}}

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to, once its user has signed in here."""
        assert (query["response_type"], query["client_id"], query["code_challenge_method"]) == ("code", CLIENT, "S256")
        assert "openid" in query["scope"].split() and query["nonce"]
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        answer = self.spoil("answer", {"code": code, "state": query["state"], "iss": self.issuer})
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    def token(self, form: dict[str, str], authorization: str) -> dict | None:
        pair = base64.b64encode(f"{CLIENT}:{SECRET.replace('/', '%2F').replace(':', '%3A')}".encode()).decode()
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (asked is None or authorization != f"Basic {pair}" or form["redirect_uri"] != asked["redirect_uri"]
                or challenge.rstrip(b"=").decode() != asked["code_challenge"]):
            return None
        now = int(self.clock().timestamp())
        claims = self.spoil("claims", {"iss": self.issuer, "aud": CLIENT, "sub": self.signs_in, "iat": now,
                                       "exp": now + 300, "nonce": asked["nonce"]})
        algorithms = [self.header["alg"]]
        return {"access_token": "a", "token_type": "Bearer",
                "id_token": jwt.encode(self.header, claims, self.signing, algorithms=algorithms)}


@contextmanager
def running(clock: Callable[[], Any]) -> Iterator[Provider]:
    """The provider, on a free port."""
    provider = Provider(clock)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    server.daemon_threads = True
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            provider.asked.append(parts.path)
            if parts.path == "/.well-known/openid-configuration":
                self.answer(provider.spoil("discovery", provider.discovery()))
            elif parts.path == "/jwks":
                self.answer({"keys": [provider.key.as_dict(private=False)]})
            elif parts.path == "/authorize":
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self.send_response(302)
                self.send_header("Location", provider.authorize(query))
                self.end_headers()
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.answer(provider.token(form, self.headers.get("Authorization", "")))

        def answer(self, told: dict | None) -> None:
            body = json.dumps(told or {"error": "invalid_grant"}).encode()
            self.send_response(200 if told else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            pass

    return Handler
