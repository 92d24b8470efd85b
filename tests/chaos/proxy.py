"""Stands before PostgreSQL on loopback and cuts connections: at any moment, and around COMMIT.

    anywhere      both sides are cut after some message
    commit_lost   the COMMIT is not passed on
    unanswered    the COMMIT is passed on, its answer is not
    under_way     the COMMIT is passed on, and both sides are cut while it is under way
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

KINDS = ("anywhere", "commit_lost", "unanswered", "under_way")
COMMIT = b"COMMIT\x00"
LONGEST_LIFE = 2         # commits or, for "anywhere", so many times TENS messages
TENS = 12
LOOKS = 6                # messages of a transaction that found nothing to do
SIZE = 1 << 16


class Proxy:
    """Passes on what goes between clients and the server; cuts so many connections, writing each down."""

    def __init__(self, socket: str, port: int, cuts: int, kinds: Sequence[str], random: Random, log: Path) -> None:
        self.socket, self.port, self.left, self.kinds, self.random = socket, port, cuts, kinds, random
        self.log = log

    async def serve(self) -> None:
        server = await asyncio.start_server(self._serve_one, "127.0.0.1", self.port)
        await server.serve_forever()

    async def _serve_one(self, client_in: asyncio.StreamReader, client_out: asyncio.StreamWriter) -> None:
        try:
            server_in, server_out = await asyncio.open_unix_connection(self.socket)
        except OSError:
            client_out.close()
            return
        line = _Line(self, client_out, server_out)
        ways = [asyncio.ensure_future(line.to_server(client_in)), asyncio.ensure_future(line.to_client(server_in))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        for side in (client_out, server_out):
            side.transport.abort()

    def may_cut(self, kind: str) -> bool:
        """Whether there is a cut left; it is written down."""
        if self.left <= 0:
            return False
        self.left -= 1
        with self.log.open("a") as log:
            log.write(kind + "\n")
        return True


class _Line:
    """One connection. Each way ends when its side ends or is to be cut; then both are."""

    def __init__(self, proxy: Proxy, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.proxy, self.client, self.server = proxy, client, server
        self.kind = proxy.random.choice(proxy.kinds)
        self.life = proxy.random.randint(1, LONGEST_LIFE) * (TENS if self.kind == "anywhere" else 1)
        self.silent = False
        self.messages = 0    # of the present transaction

    async def to_server(self, source: asyncio.StreamReader) -> None:
        while data := await source.read(SIZE):
            at_commit = self._counts(data)
            if at_commit and self.kind in ("anywhere", "commit_lost") and self.proxy.may_cut(self.kind):
                return
            self.silent = at_commit and self.kind == "unanswered" and self.proxy.may_cut(self.kind)
            self.server.write(data)
            await self.server.drain()
            if at_commit and self.kind == "under_way" and self.proxy.may_cut(self.kind):
                return

    async def to_client(self, source: asyncio.StreamReader) -> None:
        while data := await source.read(SIZE):
            if self.silent:
                return
            self.client.write(data)
            await self.client.drain()

    def _counts(self, data: bytes) -> bool:
        """Whether this message is the one at which the connection is cut. Short transactions, which only look
        whether there is something to do, do not count."""
        self.messages += 1
        commits = COMMIT in data
        counts = self.messages > LOOKS and (commits or self.kind == "anywhere")
        if commits or b"ROLLBACK\x00" in data:
            self.messages = 0
        self.life -= counts
        return counts and self.life == 0


def cuts(log: Path) -> Counter[str]:
    return Counter(log.read_text().split() if log.exists() else ())
