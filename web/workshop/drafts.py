"""A draft on its way: what was found in it, what it changes, whom it touches; submit, approve, send back, discard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from caseflow.engine.gate import canonical
from caseflow.errors import DefinitionRefused
from caseflow.law import regulations
from caseflow.models import Definition, ProcessDraft
from caseflow.people import permissions
from caseflow.people.permissions import Actor
from caseflow.processes import deployed
from caseflow.proof import HOLDS, VIOLATED, Fault, RuleResult
from caseflow.trials import replay
from caseflow.trials.scenarios import FAILED
from caseflow.workshop import drafts, impact, verification
from caseflow.workshop.comparison import compare_files
from caseflow.workshop.verification import Examination
from web import sentences
from web.app import clock
from web.forms.typed import line
from web.sign_in.auth import current_actor
from web.workshop import recordings, words
from web.workshop.frame import DRAFT, blueprint, changes, drawing, focus, seen_revision

LOOKED_AT = 200      # cases that a page tries on the engine
DAYS = 90            # of a replay


@blueprint.get(DRAFT)
def draft(draft_id: int):
    actor = current_actor()
    one = drafts.find(draft_id, actor)
    current = deployed.row_of(one.process_id)
    examination = verification.examine(one.regulation, one.process_id, one.source, one.id)
    return render_template(
        "workshop/draft.html", draft=one, current=current, base=_base(one), examination=examination,
        findings=_findings(examination, one), rules=_rules(examination), may=_may(actor, one),
        path=_path(examination, one), touched=_impact(one, examination), replayed=_replayed(one, examination),
        days=DAYS, unwatched=regulations.get(one.regulation).unwatched, **_compared(one, current),
        **recordings.page(one, examination))


@blueprint.post(DRAFT + "/submit")
def submit(draft_id: int):
    return _change(draft_id, "designer", gettext("已提交审批，等待另一位流程审批人处理。"), drafts.submit)


@blueprint.post(DRAFT + "/approve")
def approve(draft_id: int):
    seen = request.form.get("scenarios", "")
    return _change(draft_id, "approver", gettext("已批准并部署：新案件从现在起按它办理，在办案件不受影响。"),
                   lambda *change: drafts.approve(*change, seen))


@blueprint.post(DRAFT + "/discard")
def discard(draft_id: int):
    return _change(draft_id, "designer", gettext("草稿已作废。"), drafts.discard)


@blueprint.post(DRAFT + "/rebase")
def rebase(draft_id: int):
    return _change(draft_id, "designer", gettext("已改为以现行版本为依据，草稿内容没有改变。"), drafts.rebase)


@blueprint.post(DRAFT + "/send-back")
def send_back(draft_id: int):
    actor = current_actor()
    drafts.find(draft_id, actor)
    return changes(gettext("已退回设计人修改。"),
                   lambda: drafts.send_back(draft_id, line("reason"), actor, clock.now()), _page(draft_id))


def _change(draft_id: int, role: str, done: str, change: Callable[[int, int, Actor, Any], object]) -> Any:
    """One of the changes that need the revision the page showed, for those who hold this role."""
    actor, revision = current_actor(), seen_revision()
    permissions.require_process(actor, drafts.find(draft_id, actor).regulation, role)
    if revision is None:
        flash(gettext("请刷新页面后再操作。"), "warning")
        return redirect(_page(draft_id))
    return changes(done, lambda: change(draft_id, revision, actor, clock.now()), _page(draft_id))


def _page(draft_id: int) -> str:
    return url_for("workshop.draft", draft_id=draft_id)


def _base(one: ProcessDraft) -> Definition | None:
    """The version the draft was made from."""
    return deployed.row_of(one.process_id, one.base) if one.base else None


def _may(actor: Actor, one: ProcessDraft) -> dict[str, bool]:
    """What the actor may do with the draft as it is: the core decides, the page offers no more than that."""
    designer, approver = (one.regulation in permissions.regulations_of(actor, role)
                          for role in ("designer", "approver"))
    own = actor.user_id in {one.author_id, one.submitted_by_id, *(editor.user_id for editor in one.editors)}
    return {"design": designer and one.state == "open", "decide": approver and one.state == "submitted" and not own,
            "own": approver and one.state == "submitted" and own}


def _findings(examination: Examination, one: ProcessDraft) -> list[dict[str, str]]:
    """What was found, the errors first, each with the name of its element; recordings that a draft on its way changes
    are told apart."""
    apart = FAILED if examination.keeps_the_law and recordings.are_open(one) else ""
    found = sorted((finding for finding in examination.findings if finding.code != apart),
                   key=lambda finding: finding.severity != "error")
    return [{"severity": finding.severity, "sentence": sentences.of(finding),
             "where": words.element(examination.definition, finding.element)} for finding in found]


def _broken(examination: Examination) -> list[RuleResult | Fault]:
    """The rules that are broken and the effects that lack something, then what could not be decided."""
    broken = examination.proof.broken if examination.proof else ()
    return sorted(broken, key=lambda one: one.verdict != VIOLATED)


def _rules(examination: Examination) -> dict[str, list[dict[str, Any]]]:
    """What became of the rules of the articles: the broken ones with the way there, and those that hold."""
    kept = [one for one in examination.proof.results if one.verdict == HOLDS] if examination.proof else []
    return {name: [{
        "verdict": one.verdict, "why": sentences.of(one), **_law(one),
        "where": words.element(examination.definition, one.element),
        "path": sentences.told(examination.definition, one.path)} for one in results]
        for name, results in (("broken", _broken(examination)), ("kept", kept))}


def _law(result: RuleResult | Fault) -> dict[str, str]:
    """The article of a rule and its words; of an effect none."""
    rule = result.rule if isinstance(result, RuleResult) else None
    return {"article": rule.article if rule else "", "sentence": rule.sentence if rule else ""}


def _path(examination: Examination, one: ProcessDraft) -> dict[str, Any] | None:
    """The drawing with the path that breaks a rule: the one chosen by its number among the broken, else the first."""
    broken = [result for result in _broken(examination) if result.verdict == VIOLATED]
    if not broken:
        return None
    result = broken[max(0, min(request.args.get("rule", 0, type=int), len(broken) - 1))]
    passed = [name for step in result.path for name in (*step.passed, step.element) if name]
    states = dict.fromkeys(passed, "path") | ({result.element: "hot"} if result.element else {})
    return drawing(one.source, states, look_at=[result.element] if result.element else passed)


def _impact(one: ProcessDraft, examination: Examination) -> impact.Impact | None:
    """What it would mean for running cases, while that is still to be decided."""
    if examination.definition is None or one.state not in ("open", "submitted"):
        return None
    return impact.assess(one.process_id, examination.definition, clock.now(), LOOKED_AT)


def _replayed(one: ProcessDraft, examination: Examination) -> replay.Replay | None:
    """What would have become of the latest recorded cases under the draft: asked for, as it takes a moment."""
    if examination.definition is None or "replay" not in request.args:
        return None
    now = clock.now()
    return replay.run(one.process_id, examination.definition, now - timedelta(days=DAYS), now, LOOKED_AT)


def _compared(one: ProcessDraft, current: Definition) -> dict[str, Any]:
    """The draft beside the deployed version, if it can be read at all."""
    before = deployed.by_digest(current.digest)
    try:
        source = canonical(one.source)
        comparison = compare_files({"": before.source}, {"": source}, words.offices(one.regulation))
    except DefinitionRefused:
        return {"comparison": None}
    marks = comparison.marks
    return {"comparison": comparison, "old": drawing(before.source, marks, look_at=focus(comparison)),
            "new": drawing(source, marks, look_at=focus(comparison))}
