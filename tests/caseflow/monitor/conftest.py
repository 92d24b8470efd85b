"""Finished cases, and what the monitor says of their journals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from caseflow.casefile import journal
from caseflow.models import Case, db
from caseflow.monitor import finished
from caseflow.monitor.judge import judge
from caseflow.monitor.values import Line, Report
from tests.journeys.kit import Journey


class Watched:
    """The journals of journeys, judged as they are, or after somebody has written them anew."""

    def lines(self, journey: Journey) -> list[Line]:
        with journey.app.app_context():
            entries = journal.entries(db.session.get(Case, journey.case_id))
            return [Line(one.seq, one.at, one.actor_id, one.kind, json.loads(one.details)) for one in entries]

    def judged(self, journey: Journey, lines: Iterable[Line] | None = None) -> Report | None:
        with journey.app.app_context():
            law = finished.law_of(journey.regulation.key)
            return judge(self.lines(journey) if lines is None else lines, law)

    def broken(self, journey: Journey, lines: Iterable[Line] | None = None) -> dict[str, str]:
        """Rule → why it is broken."""
        return {one.rule.check: one.code for one in self.judged(journey, lines).broken}

    def altered(self, journey: Journey, change: Callable[[Line], Line | None]) -> list[Line]:
        """The journal with every entry changed so (None: left out), numbered anew as its forger would."""
        kept = [one for line in self.lines(journey) if (one := change(line)) is not None]
        return [replace(line, seq=number) for number, line in enumerate(kept, 1)]


def having(line: Line, **details: object) -> Line:
    """The entry with other details; one that is None is left out."""
    told = {**line.details, **details}
    return replace(line, details={name: value for name, value in told.items() if value is not None})


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
def late(guichi) -> Journey:
    """A case that was late, told of, rectified and revisited."""
    guichi.until("2026-03-05").does("first_response", outcome="simple").does("rectify")
    return guichi.does("revisit", revisit_result="satisfied")
