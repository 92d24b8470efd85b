"""What the intake stands on, for its tests: offices, regulations and an opener of cases, real or a stand-in."""

from __future__ import annotations

import sys
import types
from dataclasses import dataclass
from datetime import date

import pytest


def _stand_in_regulations() -> types.ModuleType:
    from caseflow.errors import RegulationExpired, RegulationNotFound

    @dataclass(frozen=True)
    class Regulation:
        key: str
        areas: tuple
        lead: str
        codes: tuple
        valid_to: date | None = None
        after_expiry: str = "continue"
        bad_levels: tuple = ("very_dissatisfied", "dissatisfied")

    table = {r.key: r for r in (
        Regulation("hefei", ("3401",), "center", ("12340100MB000001", "12340100MB000002", "12340100MB000003"),
                   date(2023, 7, 1)),
        Regulation("qijiang", ("500110",), "office", ("11500222MB000001", "11500222MB000002", "11500222MB000003")),
        Regulation("hainan", ("46",), "platform", ("11460000MB000001", "11460100MB000002", "11460107MB000003")),
        Regulation("guichi", ("341702",), "bureau", ("11341702MB000001", "11341702MB000002", "11341702MB000003")))}
    module = types.ModuleType("caseflow.regulations")

    def for_area(area: str, on: date) -> Regulation:
        found = next((r for r in table.values() if any(area.startswith(a) for a in r.areas)), None)
        if found is None:
            raise RegulationNotFound
        if found.valid_to and on > found.valid_to and found.after_expiry == "refuse":
            raise RegulationExpired(regulation=found.key)
        return found
    module.Regulation, module.for_area = Regulation, for_area
    module.all_regulations, module.get = lambda: table, table.__getitem__
    return module


def _stand_in_cases() -> types.ModuleType:
    from caseflow.models import Case, db

    def open_case(rating, now, actor=None):
        case = Case(number=f"{rating.regulation}-{rating.id}", regulation=rating.regulation, rating_id=rating.id,
                    rating=rating, unit_id=rating.service.unit_id, opened_at=now, journal_seq=0, journal_head="")
        db.session.add(case)
        db.session.flush()
        return case
    module = types.ModuleType("caseflow.cases")
    module.open_case = open_case
    return module


def stand_in() -> None:
    import importlib

    import caseflow
    for name, make in (("regulations", _stand_in_regulations), ("cases", _stand_in_cases)):
        try:
            importlib.import_module(f"caseflow.{name}")
        except ImportError:
            module = make()
            sys.modules[f"caseflow.{name}"] = module
            setattr(caseflow, name, module)


stand_in()


def furnish(now) -> None:
    """Make the offices of the four regulations, and the departments of the feeds."""
    from caseflow import regulations
    from caseflow.models import Unit, db, transaction

    with transaction():
        for regulation in regulations.all_regulations().values():
            for code, key in ((f"lead-{regulation.key}", regulation.lead), *((c, None) for c in regulation.codes)):
                db.session.add(Unit(regulation=regulation.key, code=code, key=key, name=code, level="district",
                                    area_code="0"))


@pytest.fixture
def offices(app, clock):
    """The offices of all four regulations stand in the database."""
    with app.app_context():
        furnish(clock())
