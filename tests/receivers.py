"""What messages arrive at in tests: a mail server and an HTTP gateway on loopback, which answer as they are told."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Caught:
    """What arrived, and the answers still to give (the last one again and again)."""

    port: int = 0
    answers: list = field(default_factory=list)
    arrived: list = field(default_factory=list)

    def answer(self, usual: object) -> object:
        if not self.answers:
            return usual
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str]
    body: bytes


@contextmanager
def mail_server() -> Iterator[Caught]:
    """An SMTP server that keeps every mail; an answer is what it says to a recipient, such as "550 no such user"."""
    caught = Caught()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 loopback")
            while line := self.rfile.readline():
                verb = line[:4].upper().strip()
                if verb == b"DATA":
                    self.say("354 go on")
                    caught.arrived.append(self.mail())
                    self.say("250 kept")
                elif verb == b"RCPT":
                    self.say(str(caught.answer("250 ok")))
                elif verb == b"QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

        def say(self, words: str) -> None:
            self.wfile.write(words.encode() + b"\r\n")

        def mail(self) -> EmailMessage:
            lines = iter(self.rfile.readline, b".\r\n")
            return message_from_bytes(b"".join(lines), policy=policy.default)

    with _serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session), caught):
        yield caught


@contextmanager
def gateway() -> Iterator[Caught]:
    """An HTTP server that keeps every POST; an answer is a status, or (status, address to be redirected to)."""
    caught = Caught()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            caught.arrived.append(Request(self.path, dict(self.headers), body))
            status = caught.answer(200)
            status, place = status if isinstance(status, tuple) else (status, "")
            self.send_response(status)
            if place:
                self.send_header("Location", place)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            caught.arrived.append(Request(self.path, dict(self.headers), b""))
            self.send_error(404)

        def log_message(self, *words: object) -> None:
            pass

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler), caught):
        yield caught


@contextmanager
def _serving(server: socketserver.BaseServer, caught: Caught) -> Iterator[None]:
    server.daemon_threads = True
    caught.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
