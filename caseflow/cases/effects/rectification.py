"""What the service tasks of a rectification's diagram do: notices, the one return, the newest rating."""

from __future__ import annotations

from caseflow.casefile.effected import NewestRatingKept, RatingVoided
from caseflow.cases.effects.occasion import Occasion, Outcome, notice
from caseflow.errors import StepFailed

NEWEST = "newest_level"     # the field of a form that asks what the rater says now

def open_file(occasion: Occasion) -> Outcome:
    """The case has its number: tell the rated unit and the lead office."""
    return Outcome((notice(occasion, "file_opened", "responsible", "officer"),
                    notice(occasion, "file_opened", occasion.regulation.lead, "officer")),
                   {"number": occasion.case.number})


def notify_responsible(occasion: Occasion) -> Outcome:
    """A task waits at the rated unit: tell it."""
    return Outcome((notice(occasion, "task_waiting", "responsible", "officer"),))


def escalate(occasion: Occasion) -> Outcome:
    """A deadline is over: tell those who watch, at the rated unit and the lead office. What is over, where it is not
    the statutory limit, is told by its name (reminder_over), and nobody is late by it."""
    day = occasion.reminder
    kind, further = ("overdue", {}) if day is None else ("reminder_over", {"reminder": day.name})
    told = tuple(notice(occasion, kind, unit, "supervisor", **further)
                 for unit in ("responsible", occasion.regulation.lead))
    return Outcome(told, {} if day is None else {"reminder": day.id})


def remind(occasion: Occasion) -> Outcome:
    """A deadline comes near: tell the rated unit."""
    return Outcome((notice(occasion, "due_soon", "responsible", "officer"),))


def tell_rater(occasion: Occasion) -> Outcome:
    """Have the office that is in contact with the rater give them feedback."""
    office = occasion.regulation.contact_office or "responsible"
    return Outcome((notice(occasion, "feedback_due", office, "officer"),))


def return_for_rehandling(occasion: Occasion) -> Outcome:
    """The rater is not satisfied: tell the rated unit that it has to handle the case again (HN-15), and keep what the
    rater said where a form has asked for it: it is their last word if nobody can be reached afterwards."""
    told = notice(occasion, "returned", "responsible", "officer")
    level = occasion.answers.get("newest_level")
    if level is None:
        return Outcome((told,))
    return Outcome((told, _newest(occasion, level)), {"level": level})


def record_newest_rating(occasion: Occasion) -> Outcome:
    """Keep what the rater said last (HN-14, HN-15); StepFailed when no form has asked for it."""
    level = occasion.answers.get("newest_level")
    if level is None:
        raise StepFailed("No form of this case has asked for the newest rating.", element=occasion.call.element)
    return Outcome((_newest(occasion, level),), {"level": level})


def replace_rating(occasion: Occasion) -> Outcome:
    """The rater did not mean it so: what they said last stands in the place of their rating and counts (HN-14).

    StepFailed when no form has asked for it, or where it is bad still.
    """
    kept = record_newest_rating(occasion)
    if kept.details["level"] in occasion.regulation.bad_levels:
        raise StepFailed("A bad rating takes the place of none.", element=occasion.call.element)
    return kept


def _newest(occasion: Occasion, level: object) -> NewestRatingKept:
    return NewestRatingKept(occasion.case.rating_id, occasion.call.token, level)


def void(occasion: Occasion) -> Outcome:
    """The rating is not adopted: kept, marked, out of every statistic."""
    rating_id = occasion.case.rating_id
    return Outcome((RatingVoided(rating_id),), {"rating": rating_id})
