"""What one process meant to do and what it was told: an append-only file that outlives the process.

An intent is written before the attempt and its answer after it, each in one write. An intent without an answer was
not acknowledged: whoever takes over the file tries it again, with the same token.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Intent:
    """One operation: its facts, and every answer it got; "done" and "refused" end it."""

    number: int
    facts: dict[str, Any]
    answers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def final(self) -> dict[str, Any] | None:
        return next((answer for answer in self.answers if answer["answer"] in ("done", "refused")), None)


class Ledger:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.intents = read(path)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def intend(self, **facts: Any) -> Intent:
        intent = Intent(len(self.intents), facts)
        self.intents.append(intent)
        self._write({"n": intent.number, "intent": facts})
        return intent

    def answer(self, intent: Intent, answer: str, **details: Any) -> None:
        intent.answers.append({"answer": answer, **details})
        self._write({"n": intent.number, "answer": answer, **details})

    def open_intents(self) -> list[Intent]:
        return [intent for intent in self.intents if intent.final is None]

    def _write(self, line: dict[str, Any]) -> None:
        os.write(self._file, json.dumps(line, ensure_ascii=False).encode() + b"\n")


def read(path: Path) -> list[Intent]:
    """Every intent of a ledger, in order."""
    intents: list[Intent] = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        row = json.loads(line)
        if "intent" in row:
            intents.append(Intent(row["n"], row["intent"]))
        else:
            intents[row.pop("n")].answers.append(row)
    return intents


def all_intents(folder: Path) -> Iterator[tuple[str, Intent]]:
    """(who, intent) of every ledger in a folder."""
    for path in sorted(folder.glob("*.ledger")):
        for intent in read(path):
            yield path.stem, intent
