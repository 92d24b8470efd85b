"""The scenarios that were kept with the drafts of a process."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import or_, select

from caseflow.models import KeptScenario, ProcessDraft, db


def texts(process_id: str, draft_id: int | None = None) -> Mapping[str, str]:
    """Key → text of those kept with drafts of this process that were deployed, and with this draft.

    Of one key the newest counts, and that of the draft itself before all.
    """
    wanted = or_(ProcessDraft.state == "deployed", ProcessDraft.id == draft_id)
    query = select(KeptScenario.key, KeptScenario.text).join(ProcessDraft, ProcessDraft.id == KeptScenario.draft_id)
    query = query.where(ProcessDraft.process_id == process_id, wanted)
    return dict(db.session.execute(query.order_by(ProcessDraft.id == draft_id, KeptScenario.id)).all())
