"""What the monitor says of a case: stable codes, each with the facts that its sentence names.

Those of a rule over the way of a case are the proof's (caseflow/proof/reasons.py); these are what only a case that has
happened can show. `name` is what the version calls an element; moments are aware, ids are those of the journal.
"""

from __future__ import annotations

from collections.abc import Mapping

CODES: Mapping[str, tuple[str, ...]] = {
    # broken: forms
    "not_answered": ("name", "label"),
    "answered_too_low": ("name", "label", "found", "least"),
    "answered_otherwise": ("name", "label", "found"),
    "answered_together": ("name", "label", "found", "answer"),
    "date_too_late": ("name", "label", "found", "latest"),
    "date_not_after": ("name", "label", "found"),
    "contact_not_logged": ("name", "label", "problem"),
    # broken: persons and effects
    "other_role": ("name", "found", "wanted"),
    "other_office": ("name", "wanted"),
    "by_nobody": ("name",),
    "one_person": ("first", "second"),
    "one_office": ("first", "second"),
    "effect_not_recorded": ("name", "topic"),
    # broken: time
    "due_otherwise": ("name", "found", "wanted"),
    "since_otherwise": ("name", "found", "wanted"),
    "fired_before": ("name", "due", "at"),
    "late_untold": ("name", "due", "at"),
    "fired_untold": ("name", "due"),
    "done_after_end": ("name", "due", "at"),
    "passed_unseen": ("to", "due", "at"),
    "message_in_vain": ("name", "message"),
    # not to be decided from this journal
    "not_in_version": ("element",),
    "not_in_journal": ("what",),
    "other_rules": (),
    "other_calendar": ("name", "found", "wanted"),
    # otherwise than drawn
    "cannot_follow": ("why",),
    "task_not_opened": ("name",),
    "task_not_drawn": ("name",),
    "effect_not_run": ("name", "topic"),
    "effect_not_drawn": ("name", "topic"),
    "timer_not_set": ("name",),
    "timer_not_drawn": ("name",),
    "ended_otherwise": ("found", "wanted"),
}
