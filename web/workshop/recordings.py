"""The scenarios of a draft that change: recorded anew in one step, and shown to whoever approves."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext, ngettext

from caseflow.errors import Conflict, DefinitionRefused, InvalidInput
from caseflow.models import ProcessDraft, transaction
from caseflow.people import permissions
from caseflow.processes import deployed
from caseflow.trials import differences
from caseflow.trials.rerecording import Rerecording
from caseflow.workshop import drafts, kept_trials, rerecordings, version_scenarios
from caseflow.workshop.verification import Examination
from web.app import clock
from web.sign_in.auth import current_actor
from web.workshop.frame import DRAFT, blueprint, said, seen_revision
from web.workshop.scenario_words import KINDS, MARKS, Words, question

ASKED = "q-"      # before the key of a question in the form


@blueprint.post(DRAFT + "/record")
def record(draft_id: int):
    """Record anew every scenario for which that is possible, for the page that was seen."""
    actor, back = current_actor(), url_for("workshop.draft", draft_id=draft_id) + "#recordings"
    permissions.require_process(actor, drafts.find(draft_id, actor).regulation, "designer")
    revision, seen = seen_revision(), request.form.get("scenarios")
    if revision is None or seen is None:
        flash(gettext("请刷新页面后再操作。"), "warning")
        return redirect(back)
    chosen = {name.removeprefix(ASKED): text for name, text in request.form.items() if name.startswith(ASKED)}
    try:
        with transaction():
            done, left = rerecordings.rerecord(draft_id, revision, seen, chosen, actor, clock.now())
    except InvalidInput as error:
        flash(_too_many() if "name" in error.fields
              else gettext("还有没有回答的问题，没有记录任何场景；请逐项选好后再重新记录。"), "warning")
    except (Conflict, DefinitionRefused) as error:
        flash(said(error), "warning")
    else:
        flash(_done(done, left), "success")
    return redirect(back)


def are_open(draft: ProcessDraft) -> bool:
    """Whether what becomes of its recordings is still to be decided."""
    return draft.state in ("open", "submitted")


def page(draft: ProcessDraft, examination: Examination) -> dict[str, Any]:
    """What the page of a draft shows of scenarios: those that change, what there is to answer, those kept with it."""
    before = deployed.by_digest(draft.base or deployed.row_of(draft.process_id).digest)
    words = Words(draft.regulation, (examination.definition, before))
    changing = rerecordings.proposals(draft, examination) if are_open(draft) else ()
    names = {one.key: one.name for one in changing}
    questions = {asked.key: asked for one in changing for asked in one.questions}
    return {
        "scenarios_mark": version_scenarios.mark(draft), "changing": [_changing(one, words) for one in changing],
        "in_base": version_scenarios.of_base(draft).keys(),
        "able": sum(one.problem is None for one in changing),
        "questions": [question(asked, words, names) for asked in questions.values()],
        "kept_scenarios": [_kept(one, words) for one in rerecordings.kept(draft)]}


def _changing(one: Rerecording, words: Words) -> dict[str, Any]:
    """A scenario that does not agree: what it becomes, or why people record it."""
    found = differences.between(one.old, one.new) if one.new else ()
    return {"key": one.key, "name": one.name, "article": one.old.article if one.old else "", "readable": bool(one.old),
            "by_hand": words.by_hand(one.problem) if one.problem else "", "asks": bool(one.questions),
            "changes": [words.difference(change) for change in found]}


def _kept(one: rerecordings.Kept, words: Words) -> dict[str, Any]:
    """A scenario that was kept with the draft, beside that of its version."""
    return {"kind": KINDS[one.kind], "mark": MARKS[one.kind], "name": one.name, "article": one.article,
            "by": one.row.kept_by.name, "at": one.row.kept_at, "old": one.old_text, "new": one.row.text,
            "changes": [words.difference(change) for change in one.differences]}


def _too_many() -> str:
    return gettext("一份草稿最多保存 %(most)s 个场景，没有记录任何场景；请先删去不再需要的。",
                   most=kept_trials.MOST_KEPT)


def _done(done: int, left: int) -> str:
    told = ngettext("已重新记录 %(num)s 个场景。审批人会看到前后的记录。",
                    "已重新记录 %(num)s 个场景。审批人会看到前后的记录。", done)
    return told + (ngettext("还有 %(num)s 个要人工重录。", "还有 %(num)s 个要人工重录。", left) if left else "")
