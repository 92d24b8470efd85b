"""Stand-ins for parts that are built beside this one; each steps back as soon as the real part is there."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import types
from datetime import UTC, datetime

import flask

import caseflow
import web
from caseflow.errors import RegulationNotFound
from caseflow.models import JournalEntry, db


def install() -> None:
    for name, make in (("caseflow.journal", _journal), ("caseflow.regulations", _regulations),
                       ("web.clock", _clock)):
        if name not in sys.modules and importlib.util.find_spec(name) is None:
            module = sys.modules[name] = types.ModuleType(name)
            make(module)
            setattr(caseflow if name.startswith("caseflow") else web, name.split(".")[1], module)
    if not hasattr(web, "create_app"):
        web.create_app = _create_app


def _journal(module: types.ModuleType) -> None:
    def append(case, kind, actor, now, details):
        stream = f"case:{case.id}" if case else "system"
        seq = len(db.session.query(JournalEntry).filter_by(stream=stream).all()) + 1
        entry = JournalEntry(stream=stream, seq=seq, at=now, actor_id=actor.user_id, actor=actor.name, kind=kind,
                             details=json.dumps(details, sort_keys=True), previous="", hash=f"{stream}{seq}")
        db.session.add(entry)
        return entry

    module.append = append


def _regulations(module: types.ModuleType) -> None:
    known = {key: types.SimpleNamespace(key=key, calendar=key, close_of_business=None)
             for key in ("hefei", "qijiang", "hainan", "guichi")}

    def get(key):
        if key not in known:
            raise RegulationNotFound
        return known[key]

    module.Regulation = types.SimpleNamespace
    module.all_regulations = lambda: known
    module.get = get


def _clock(module: types.ModuleType) -> None:
    module.now = lambda: datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def _create_app() -> flask.Flask:
    app = flask.Flask("web")
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["CASEFLOW_DATABASE_URL"]
    db.init_app(app)
    return app
