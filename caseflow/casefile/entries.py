"""The kinds of journal entries: what each says, and what its details may hold. One that is not here is not written.

Details are ids, codes, numbers and days, never the rater's contact (journal.append).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple


class Kind(NamedTuple):
    """What an entry of this kind says, and the names of its details; one that has nothing to say may be missing."""

    meaning: str
    details: frozenset[str]


def require(kind: str, details: Iterable[str]) -> None:
    """Refuse (ValueError) an entry of an unknown kind, or with a detail that its kind does not have."""
    known = KINDS.get(kind)
    if known is None:
        raise ValueError(f"The journal has no entries of the kind {kind!r}.")
    if not known.details.issuperset(details):
        raise ValueError(f"An entry {kind} does not say {sorted(set(details) - known.details)}.")


def _kind(meaning: str, details: str) -> Kind:
    return Kind(meaning, frozenset(details.split()))


KINDS: Mapping[str, Kind] = MappingProxyType({
    # of a case: its beginning and end
    "rating_received": _kind(
        "A bad rating came in; its case begins.",
        "rating source level received_at orgcode office_registered unit"),
    "later_rating": _kind(
        "The same service was rated again, and says something else.", "rating level default_replaced"),
    "appeal_filed": _kind("An appeal was filed; its case begins.", "appeal ground party"),
    "case_opened": _kind(
        "The case runs from now on.",
        "number rating regulation definition after_expiry variables reachable"),
    "case_migrated": _kind(
        "The case goes on under another version of its process.",
        "from from_number to to_number timers choices"),
    "case_closed": _kind("The case has ended.", "outcome"),
    # of a case: tasks
    "task_opened": _kind("A task waits for an office.", "element token visit unit role"),
    "task_claimed": _kind(
        "Somebody took a task; with `article` for a post at which nobody can do it.", "element token article"),
    "task_released": _kind("A task is free for its office again.", "element token"),
    "task_completed": _kind("A task is done.", "element token visit late late_reason answers filled"),
    "task_delegated": _kind("Somebody handed a task to a colleague.", "element token to"),
    "task_given_back": _kind("The colleague gave it back.", "element token to"),
    "task_taken_back": _kind("It was taken back from the colleague.", "element token to"),
    "task_substituted": _kind("A substitute does the task of somebody who is away.", "element token user to"),
    "task_returned": _kind("The substitution is over.", "element token user to"),
    "task_reassigned": _kind(
        "A task went to another office or person.",
        "element token from_unit from_user unit user to handover reason"),
    "unit_chosen": _kind("Who did a task chose which unit is responsible.", "element token from_unit unit"),
    "handover_undone": _kind("A handover was undone.", "element token from_unit from_user unit user to handover"),
    "handover_acknowledged": _kind("Whoever got a task has read what was said with it.", "element token handover"),
    # of a case: deadlines
    "timer_set": _kind(
        "A deadline begins.", "element token due_at unit amount since since_name provisional stopped agreed_at"
        " calendar"),
    "timer_fired": _kind("A deadline is over.", "element token attached_to due_at lag_seconds"),
    "due_recomputed": _kind(
        "The calendar moved a deadline.", "element token previous_due_at due_at provisional calendar"),
    "lateness_withdrawn": _kind(
        "A deadline that was over by the calendar so far is not by a notice that came later.",
        "element token previous_due_at due_at calendar notice again"),
    "clock_stopped": _kind(
        "The clock stands still, by decision or for an appeal.", "category reason appeal number tokens"),
    "clock_restarted": _kind("It runs again, or one reason less stops it.", "reason appeal number due_at tokens"),
    "deadline_extended": _kind("A deadline got working days more.", "element token days reason due_at"),
    "extension_asked": _kind("Somebody asked for that.", "element token days reason"),
    "extension_kept": _kind("An extension holds under another version of the process.", "element token due_at"),
    # of a case: effects and messages
    "effect_applied": _kind(
        "A service task did what it is there for.",
        "topic element token number level reference rating decision finding rater_told_by consequences reminder"),
    "message_delivered": _kind("A message came that the case waited for.", "message"),
    "message_noted": _kind("A message came that it did not wait for.", "message"),
    # of a case: the rater, what was added to it
    "contact_revealed": _kind("Somebody looked up how to reach the rater.", "reason"),
    "contact_attempted": _kind("Somebody tried to reach the rater.", "attempt channel result at"),
    "file_added": _kind("A file was added.", "file kind size sha256 purpose"),
    "comment_added": _kind("A remark was written.", "comment sha256"),
    "reference_linked": _kind("A number of another channel was linked.", "reference channel number"),
    "reference_unlinked": _kind("That link was taken away.", "reference channel number reason"),
    "duplicate_linked": _kind("The case repeats another.", "link number of reason"),
    "duplicate_unlinked": _kind("It does not after all.", "link number of reason"),
    "improvement_recorded": _kind(
        "It was noted what was changed after the case.", "improvement kind subject corrects sha256"),
    # of a case: those who watch
    "urged": _kind("Somebody urged those with open tasks.", "note tokens"),
    "supervised": _kind("Somebody supervised them.", "note tokens"),
    "ladder_climbed": _kind("A reminder of the ladder went out.", "element token rung due_at since"),
    "dispatch_refused": _kind("The unit says that the case is not its own.", "refusal unit suggested reason"),
    "dispatch_transferred": _kind("It goes to another unit.", "refusal unit to reason"),
    "dispatch_confirmed": _kind("It stays.", "refusal unit to reason"),
    "conduct_recorded": _kind(
        "A verified failure of a unit or a person was recorded.",
        "record conduct unit personal consequences sha256"),
    "conduct_withdrawn": _kind("It was withdrawn.", "record conduct unit sha256"),
    "incident_raised": _kind("The case was parked after failures.", "kind attempts"),
    "incident_resolved": _kind("It is tried again.", "incident"),
    # of the system: people and offices
    "user_added": _kind("An account was made.", "user username after"),
    "user_changed": _kind("Its facts changed.", "user before after"),
    "user_enabled": _kind("It may sign in again.", "user before after"),
    "user_disabled": _kind("It may not sign in any more.", "user before after"),
    "role_granted": _kind("Somebody got a role at a unit.", "user role unit before after"),
    "role_revoked": _kind("Somebody lost it.", "user role unit before after"),
    "password_changed": _kind("The password was replaced.", "user"),
    "password_reset": _kind("A one-time password was set.", "user until"),
    "logins_ended": _kind("Logins of an account were ended.", "user logins"),
    "identity_linked": _kind("An account is somebody at an identity provider.", "user issuer before after"),
    "identity_unlinked": _kind("It is not any more.", "user issuer before after"),
    "unit_added": _kind("An office was added.", "unit code after"),
    "unit_changed": _kind("Its facts changed.", "unit before after"),
    "unit_opened": _kind("It is in use again.", "unit before after"),
    "unit_closed": _kind("It is out of use.", "unit before after"),
    "branch_added": _kind(
        "A unit is the branch of an area from a day on.", "branch unit kind level area first_day"),
    "branch_ended": _kind("It is one up to a day.", "branch unit last_day"),
    "people_imported": _kind("Lines of a file about people were taken over.", "regulation count lines"),
    "units_imported": _kind("Lines of a file about offices were taken over.", "regulation count lines"),
    "absence_entered": _kind("Somebody will be away.", "absence user substitute first_day last_day open_too"),
    "absence_begun": _kind("The absence began.", "absence user"),
    "absence_ended": _kind("It is over.", "absence user"),
    # of the system: notices, texts, filters
    "channels_chosen": _kind("Somebody chose by which channels to be told.", "user before after"),
    "delivery_resent": _kind("A notice that failed is sent again.", "delivery user"),
    "delivery_put_aside": _kind("It is not sent any more.", "delivery user"),
    "phrase_kept": _kind("A phrase of an office was kept.", "phrase unit"),
    "phrase_removed": _kind("It was removed.", "phrase unit"),
    "filter_shared": _kind("A filter was shared with an office.", "filter unit"),
    # of the system: processes
    "draft_begun": _kind("A draft of a process was begun.", "draft process revision base"),
    "draft_saved": _kind("It was saved.", "draft process revision"),
    "draft_discarded": _kind("It was discarded.", "draft process revision"),
    "draft_rebased": _kind("It stands on the current version from now on.", "draft process revision base"),
    "draft_submitted": _kind("It waits for approval.", "draft process revision"),
    "draft_sent_back": _kind("It was not approved.", "draft process revision reason"),
    "draft_approved": _kind("It was approved.", "draft process revision digest"),
    "scenario_kept": _kind("A scenario was kept with a draft.", "draft process scenario name"),
    "scenario_dropped": _kind("It was taken back.", "draft process scenario"),
    "scenario_rerecorded": _kind("A scenario was recorded anew with a draft.", "draft process scenario name"),
    "scenario_left_out": _kind("A draft does without a scenario of its version.", "draft process scenario"),
    "definition_deployed": _kind("A version of a process is the current one.", "process digest number draft"),
    "definition_rolled_back": _kind(
        "An earlier version is the current one again.", "process digest number from reason"),
    # of the system: everything else
    "calendar_imported": _kind(
        "A year's notice of holidays was imported.", "jurisdiction year revision source days timers cases"),
    "clock_moved": _kind("The clock of the demo was moved.", "from move"),
    "raters_removed": _kind(
        "Who rated was taken out of lines that an earlier version kept whole.", "ratings first last"),
    "storage_compacted": _kind("What stood there is no more in pages of the database that nothing uses.", ""),
    "api_key_added": _kind("A key of the interface was made.", "name"),
    "api_key_revoked": _kind("It opens nothing any more.", "name"),
    "discipline_forwarded": _kind("A lead on a breach of discipline was passed on.", "report to sha256"),
    "discipline_received": _kind("It was received.", "report"),
    "restored": _kind("The system was restored from a backup.", "file sha256 revision"),
})
