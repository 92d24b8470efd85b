"""What the intake stands on, for its tests: the four regulations installed, with their offices."""

from __future__ import annotations

import pytest


@pytest.fixture
def offices(installed):
    """The offices and processes of all regulations stand in the database."""
