"""What the tests of backup and restore do."""

from __future__ import annotations

from web.backups import making, restoring


def back_up(app, path):
    with app.app_context():
        making.make(path, app.config["CASEFLOW"])
    return path


def bring_back(app, path, clock, **how):
    return restoring.restore(path, app.config["CASEFLOW"], clock(), **how)


def whole(done) -> bool:
    return not done.older and done.journal.broken == [] and done.complaints == ()
