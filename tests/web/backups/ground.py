"""What the tests of backup and restore do."""

from __future__ import annotations

from web import backups


def back_up(app, path):
    with app.app_context():
        backups.make(path, app.config["CASEFLOW"])
    return path


def bring_back(app, path, clock, **how):
    return backups.restore(path, app.config["CASEFLOW"], clock(), **how)


def whole(done) -> bool:
    return not done.older and done.journal.broken == [] and done.complaints == ()
