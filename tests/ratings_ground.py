"""What the intake stands on, for its tests: the four regulations installed, with their offices."""

from __future__ import annotations

import pytest

from caseflow import demo, installation, regulations
from caseflow.models import transaction


def furnish(now) -> None:
    """Install the regulations and make the departments of the sample feeds."""
    with transaction():
        installation.install(now)
        for regulation in regulations.all_regulations().values():
            demo.add_people(regulation, "!")


@pytest.fixture
def offices(app, clock):
    """The offices and processes of all regulations stand in the database."""
    with app.app_context():
        furnish(clock())
