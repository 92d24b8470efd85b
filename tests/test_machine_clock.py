"""The guard before the clock of the machine."""

from __future__ import annotations

import pytest

from tests.machine_clock import REFUSAL, guard
from web.app import clock as web_clock

pytestmark = pytest.mark.machine_clock


@pytest.fixture
def unclocked(app, session):
    """An application that nobody gave a clock, its context open."""
    del app.config["CASEFLOW_CLOCK"]


def test_a_test_without_the_mark_fails_when_it_reads_the_machine_s_clock(unclocked):
    with pytest.raises(pytest.fail.Exception, match=REFUSAL), guard.watch(marked=False):
        web_clock.now()


def test_what_read_it_is_named(unclocked):
    with pytest.raises(pytest.fail.Exception, match=__name__.rpartition(".")[2]), guard.watch(marked=False):
        web_clock.now()


def test_a_test_with_the_mark_may_read_it(unclocked):
    with guard.watch(marked=True):
        web_clock.real()


def test_a_clock_of_its_own_is_no_machine_s(app, session, clock):
    with guard.watch(marked=False):
        assert web_clock.now() == clock.moment
