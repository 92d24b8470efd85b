"""Every route × role × own or other office is answered as docs/permissions.md says; what is foreign is not there."""

from __future__ import annotations

import os

import pytest

from caseflow.models.people import ROLES
from tests.source import ROOT
from tests.web import permissions_table

TABLE = ROOT / "docs/permissions.md"
AT_A_CASE = {"work_item_id", "number", "incident_id"}      # parts of addresses that name something of one case
OF_THE_PLACE = {("incidents.retry", "admin")}   # administrators of a place restart its cases, and learn nothing else


@pytest.fixture
def stage(installed, app, clock):
    return permissions_table.stage(app, clock)


def test_every_cell_is_answered_as_the_table_says(stage):
    found = permissions_table.as_markdown(permissions_table.table(stage))
    if os.environ.get("CASEFLOW_WRITE_PERMISSIONS"):      # make permissions
        TABLE.write_text(found, encoding="utf-8")
    assert found == TABLE.read_text(encoding="utf-8"), "look at what changed, then `make permissions`"


def test_every_route_has_an_example(app):
    assert {endpoint for endpoint, _ in permissions_table.routes(app)} == set(permissions_table.EXAMPLES)


def test_what_is_foreign_is_not_there(app, stage):
    """At an office without a part in the case nobody learns that it exists; 403 would say so."""
    about_a_case = {rule.endpoint for rule in app.url_map.iter_rules() if rule.arguments & AT_A_CASE}
    for (endpoint, _), cells in permissions_table.table(stage).items():
        if endpoint in about_a_case:
            answers = {role: cells[role, permissions_table.OTHER] for role in ROLES}
            assert {answers[role] for role in ROLES if (endpoint, role) not in OF_THE_PLACE} == {"404"}, endpoint
