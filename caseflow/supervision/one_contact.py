"""One contact with a rater that was about several linked bad reviews of theirs: each case gets its own record of it.

Which cases it was about is said by whoever made it; nothing is taken as spoken of because it is linked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from caseflow.casefile import kinds
from caseflow.casefile.readings import Reading
from caseflow.errors import InvalidInput, NotFound
from caseflow.models import Case, ContactAttempt, Rating, db, lock_case_row
from caseflow.models.cases import OPEN
from caseflow.people import permissions
from caseflow.people.permissions import Actor
from caseflow.raters import attempts, contacts, reaching
from caseflow.supervision import duplicates


def may_be(case: Reading) -> bool:
    """Whether there can be anything to offer: the journal of the case tells of a link. No statement."""
    return any(entry.kind == "duplicate_linked" for entry in case.entries)


def offered(case: Case, actor: Actor) -> list[Case]:
    """The linked cases of the same rater that the actor sees and may contact the rater in too, oldest first; none where
    they may not in this one."""
    if not contacts.may_reveal(case, actor):
        return []
    return [other for other in _of_same_rater(case) if permissions.may_see(actor, other)
            and contacts.may_reveal(other, actor)]


def log(case_id: int, also: Collection[int], actor: Actor, *, tried_at: datetime, channel: str, result: str, note: str,
        form_token: str, now: datetime) -> ContactAttempt:
    """Record an attempt in the case, and as one of their own in each of `also`: in all of them, or in none.

    Refuses like attempts.log, and with InvalidInput: `also` is not_linked (any more, to a rating of the same rater) or
    opened_later than the attempt. Answers the row of the first case; the same token again changes nothing.
    """
    others = set(also) - {case_id}
    try:
        cases = {key: lock_case_row(key) for key in sorted({case_id, *others})}
    except NotFound:
        if db.session.get(Case, case_id) is None:
            raise
        raise InvalidInput(fields={"also": "not_linked"}) from None
    if not others <= {other.id for other in _of_same_rater(cases[case_id])}:
        raise InvalidInput(fields={"also": "not_linked"})
    if tried_at <= now and any(reaching.before(tried_at, cases[key].opened_at) for key in others):
        raise InvalidInput(fields={"also": "opened_later"})
    first, *_ = [attempts.log(key, actor, tried_at=tried_at, channel=channel, result=result, note=note,
                              form_token=form_token if key == case_id else _token(form_token, key), now=now)
                 for key in (case_id, *sorted(others))]
    return first


def _token(form_token: str, case_id: int) -> str:
    """A token of the same form for another case: a person has each but once."""
    return hashlib.sha256(f"{form_token}:{case_id}".encode()).hexdigest()


def _of_same_rater(case: Case) -> list[Case]:
    """The open cases linked with this one whose rating is of a rater with the same telephone."""
    rating = case.rating
    if rating is None or not (rating.real_name and rating.rater_phone and kinds.of(case.kind).may_repeat):
        return []
    theirs = aliased(Rating)
    query = select(Case).join(theirs, theirs.id == Case.rating_id).where(
        Case.id.in_(duplicates.linked_with(case.id)), Case.id != case.id, OPEN, theirs.real_name,
        theirs.rater_phone == rating.rater_phone)
    return list(db.session.scalars(query.order_by(Case.id)).unique())
