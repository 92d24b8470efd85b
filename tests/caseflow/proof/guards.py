"""What holds at run time what a rule says of the drawing: for each word of the vocabulary the functions that do it.

They are named by import, so that one that is renamed or moved breaks the build. A word more in the vocabulary needs a
line here (test_guards.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from caseflow.casefile import offices
from caseflow.cases import clock, steps
from caseflow.cases.effects import rectification, registry
from caseflow.engine import step as engine
from caseflow.health import doctor
from caseflow.law import deadlines
from caseflow.law.regulation_file import Regulation
from caseflow.people import apart, impartiality, permissions, staffing
from caseflow.processes import deployed, form_values
from caseflow.processes.asked import ATTEMPTS, NOT_LEFT, REASON, UNREACHABLE, UPHELD
from caseflow.proof import check
from caseflow.proof.language import Check
from caseflow.raters import unreachable

Guard = Callable[..., Any]

DRAWN = (deployed.by_digest, engine.complete)     # a case moves by the version it began under, as that is drawn
TIMED = (deadlines.compute, steps.fire_due)
GUARDS: Mapping[str, tuple[Guard, ...]] = {
    "always_ends": (steps.fire_due, doctor.stuck_cases),
    "at_most": DRAWN,
    "every_closed_case_had": DRAWN,
    "never": DRAWN,
    "before": DRAWN,
    "at_start": (steps.start, engine.start),
    "followed_by": DRAWN,
    "leads": DRAWN,
    "concludes": DRAWN,
    "only_if": DRAWN,
    "only_for": DRAWN,
    "after_message": (steps.deliver_if_awaited, engine.deliver),
    "reachable": DRAWN,
    "message_ends": (steps.deliver_if_awaited, engine.deliver),
    "deadline": TIMED,
    "covered": TIMED,
    "escalates": (steps.fire_due, rectification.escalate),
    "gives_up": (steps.fire_due, engine.fire),
    "performed_by": (permissions.require_work,),
    "carries_out": (registry.apply,),
    # Where the rated unit is the lead office itself, two lanes name one office: there persons are kept apart.
    "different_office": (offices.unit_for, permissions.require_work, impartiality.require),
    "different_person": (impartiality.require, apart.those_who_did, staffing.stands_in),
    "offers": (form_values.accept,),
    "answers": (form_values.accept,),
    "asks": (form_values.accept,),
    "refuses": (form_values.broken_rules,),
    "within": (form_values.broken_rules,),
    "after_today": (form_values.broken_rules,),
    "contacts": (unreachable.require,),
    "tried": (unreachable.require,),
    "voids_only": (registry.apply, doctor.upheld_but_counted),
    "extendable": (clock.extend,),
    "stoppable": (clock.stop, clock.stop_for_appeal),
}
LOGGED = {ATTEMPTS.field, REASON.field, NOT_LEFT, UNREACHABLE}


def of(rule: str, regulation: Regulation, process: str) -> tuple[Guard, ...]:
    """What holds this rule at run time, the general first."""
    found = check(rule)
    return tuple(dict.fromkeys((*GUARDS[found.name], *_further(found, regulation, process))))


def name(guard: Guard) -> str:
    """How the tables call it: raters.unreachable.require."""
    return f"{guard.__module__.removeprefix('caseflow.')}.{guard.__name__}"


def _further(found: Check, regulation: Regulation, process: str) -> Iterator[Guard]:
    """What holds it beside, by what the rule names."""
    words = {word for part in (*found.parts, *found.named.values()) for word in found.words(part)}
    if found.name == "every_closed_case_had" and words & set(regulation.revisit_tasks):
        yield doctor.closed_without_revisit
    if found.name == "at_most" and "return_for_rehandling" in words:
        yield doctor.returned_twice
    if found.name == "at_most" and "return_for_evidence" in words:
        yield doctor.sent_back_twice
    if found.name in ("message_ends", "after_message") and UPHELD in words:
        yield doctor.upheld_but_counted
    if found.name in ("asks", "answers", "offers") and (
            words & LOGGED or any(word.endswith("_channel") for word in words)):
        yield unreachable.require
    if found.name == "carries_out":
        yield registry.find(process, str(found.parts[1])).apply
    if found.name == "performed_by" and str(found.parts[1]).endswith(f".{impartiality.REVIEWER}"):
        yield impartiality.require
