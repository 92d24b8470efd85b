"""Finding the case of an address: one way, and no page that a crafted number can break."""

from __future__ import annotations

import pytest

from tests.web.desk import Desk

SPOILT = "GC-2026\x00000001"


@pytest.mark.both_databases
def test_a_number_with_a_character_that_no_database_takes_is_not_found_at_any_address(guichi, app, clock):
    desk, answers, addresses = Desk(app, clock, "guichi.bureau.supervisor"), {}, app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "number" in rule.arguments:
            values = {name: SPOILT if name == "number" else 1 for name in rule.arguments}
            method = "POST" if "POST" in rule.methods else "GET"
            path = addresses.build(rule.endpoint, values, method=method)
            answer = desk.sends(path, {"kind": "urged"}) if method == "POST" else desk.opens(path)
            answers[rule.endpoint, method] = answer.status_code
    assert len(answers) > 15
    assert {endpoint: status for endpoint, status in answers.items() if status != 404} == {}
