"""What the pages around one case share: finding it by its number, and telling what became of a change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import flash, redirect, url_for

from caseflow.cases import steps
from caseflow.errors import InvalidInput, NotFound, PermissionDenied
from caseflow.models import Case, transaction
from caseflow.people.permissions import Actor
from web.app import clock
from web.errors import refusal
from web.sign_in.auth import current_actor
from web.words import problems


def find(number: str) -> Case:
    """The case of the address; NotFound for whoever may not see it."""
    if not number.isprintable():      # PostgreSQL takes no NUL even to compare with
        raise NotFound
    return steps.find(number, current_actor())


def change(number: str, part: str, done: str, operation: Callable[[int, Actor, datetime], object]):
    """Do it, and go back to this part of the case page with a sentence: done, or why not."""
    case, actor = find(number), current_actor()
    try:
        with transaction():
            operation(case.id, actor, clock.now())
        flash(done, "success")
    except InvalidInput as error:
        flash(" ".join(problems.problems(error.fields)), "warning")
    except PermissionDenied as error:
        flash(refusal(error)[1], "warning")
    return redirect(url_for("cases.show", number=number) + f"#{part}")
