"""Every route, role, and whose: held to the table that is committed."""

from __future__ import annotations

from tests.web import permissions
from web.frame import access


def test_every_cell_of_the_permissions_table_is_as_committed(tmp_path):
    """After a change that is meant: `make permissions`, and look at what it changed."""
    world = permissions.World(tmp_path)
    found = {row[:3]: row[3:] for row in permissions.rows(world)}
    committed = {row[:3]: row[3:] for row in permissions.read()}
    assert found.keys() == committed.keys()
    differing = {(*line, who): (cell, was) for line, cells in found.items()
                 for who, cell, was in zip(permissions.EVERYBODY, cells, committed[line], strict=True) if cell != was}
    assert differing == {}, "(line, who): (is, was in the table)"


def test_every_route_has_a_rule(app):
    assert [rule.endpoint for rule in app.url_map.iter_rules() if access.rule_of(rule.endpoint) is None] == []


def test_what_is_anothers_answers_404_where_ones_own_is_there():
    """Only a route that is closed to somebody altogether says 403, of their own things too."""
    table = {row[:3]: row[3:] for row in permissions.read()}
    leaks = [(*line, who) for line, cells in table.items() if line[2] == "other"
             for who, cell, own in zip(permissions.EVERYBODY, cells, table[*line[:2], "own"], strict=True)
             if cell not in ("404", "302 login") and not cell == own == "403"]
    assert leaks == []


def test_no_route_fails_for_anybody():
    assert [row for row in permissions.read() if any(cell.startswith("5") for cell in row[3:])] == []
