"""A draft tried out in the browser: any role, the real forms, a clock that is moved, the journal it would write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from caseflow import moments
from caseflow.errors import (
    CaseflowError,
    Conflict,
    InvalidForm,
    InvalidInput,
    LateReasonMissing,
    NotFound,
    PermissionDenied,
)
from caseflow.law import calendars, regulations
from caseflow.models import ProcessDraft, transaction
from caseflow.people.permissions import Actor
from caseflow.raters import reaching
from caseflow.trials import scenario_file, scenarios, tried_case, tryout
from caseflow.trials.scenario_file import PAUSE
from caseflow.trials.tried_case import Ground, Task
from caseflow.trials.tryout import Act, Trial
from caseflow.workshop import drafts, kept_trials, rerecordings, verification
from caseflow.workshop.verification import Examination
from web.app import clock
from web.errors import refusal
from web.forms.task_form import TaskForm
from web.forms.typed import line
from web.parts.articles import articles
from web.sign_in.auth import current_actor
from web.words import contacts, places, processes
from web.workshop import tryout_words
from web.workshop.scenario_words import Words

blueprint = Blueprint("tryout", __name__, template_folder="templates",
                      url_prefix="/workshop/drafts/<int(max=9223372036854775807):draft_id>/try")
SCENARIO = "/scenarios/<string(maxlength=64):scenario>"
LONGEST_WAIT = 400      # of each unit


@dataclass(frozen=True)
class Bench:
    """A draft on which somebody tries something: what it stands on (None: it cannot be read), and their run so far."""

    draft: ProcessDraft
    actor: Actor
    examination: Examination
    ground: Ground | None
    acts: tuple[Act, ...]
    trial: Trial | None

    @property
    def may_try(self) -> bool:
        return kept_trials.may_try(self.draft, self.actor)


@blueprint.get("")
def show(draft_id: int):
    return _page(_bench(draft_id))


@blueprint.post("")
def act(draft_id: int):
    """One act more, one less, or from the beginning. The form says on how many acts it was made."""
    bench = _bench(draft_id)
    if not bench.may_try:
        raise PermissionDenied
    kind = request.form.get("act", "")
    done = bench.trial.acts if bench.trial else ()
    if bench.ground is None or (kind != "restart" and request.form.get("step") != str(len(done))):
        flash(gettext("试办已经走到别的地方（可能在另一个窗口里操作过），请按现在的情况继续。"), "warning")
        return _back(bench)
    if kind in ("back", "restart"):
        return _go_on(bench, done[:-1] if kind == "back" else ())
    if kind == "complete":
        return _complete(bench, done)
    try:
        return _try(bench, (*done, _sent_act(kind)))
    except CaseflowError as error:
        flash(tryout_words.why_not(error), "warning")
        return _back(bench)


@blueprint.post("/keep")
def keep(draft_id: int):
    bench = _bench(draft_id)
    if bench.trial is None:
        raise NotFound
    name, key = line("name"), request.form.get("in_place_of", "")
    return _change(bench, gettext("已存为场景“%(name)s”，以后每次检查都会运行。", name=name), lambda: kept_trials.keep(
        draft_id, bench.trial, bench.ground, name, key, bench.actor, clock.now()))


@blueprint.post(f"{SCENARIO}/drop")
def drop(draft_id: int, scenario: str):
    bench = _bench(draft_id)
    return _change(bench, gettext("已从草稿中删去这个场景。"), lambda: kept_trials.drop(
        draft_id, scenario, bench.actor, clock.now()))


@blueprint.post(f"{SCENARIO}/leave-out")
def leave_out(draft_id: int, scenario: str):
    """Do without a scenario of the version; whoever approves sees that."""
    bench = _bench(draft_id)
    return _change(bench, gettext("已去掉这个场景，审批人会看到；可以在这里恢复。"), lambda: kept_trials.leave_out(
        draft_id, scenario, bench.actor, clock.now()))


@blueprint.post(f"{SCENARIO}/open")
def open_scenario(draft_id: int, scenario: str):
    """Let a scenario be one's own run, to look at it step by step or to go another way from here."""
    bench = _bench(draft_id)
    return _go_on(bench, _scenario(bench, scenario).acts)


@blueprint.get(f"{SCENARIO}.toml")
def export(draft_id: int, scenario: str):
    text = scenario_file.write(_scenario(_bench(draft_id), scenario))
    return Response(text, mimetype="application/toml",
                    headers={"Content-Disposition": f'attachment; filename="{scenario}.toml"'})


def _bench(draft_id: int) -> Bench:
    actor = current_actor()
    draft = drafts.find(draft_id, actor)
    examination = verification.examine(draft.regulation, draft.process_id, draft.source, draft.id)
    if examination.definition is None:
        return Bench(draft, actor, examination, None, (), None)
    regulation = regulations.get(draft.regulation)
    ground = Ground(examination.definition, regulation, calendars.load(regulation.calendar))
    acts = kept_trials.acts_of(draft, actor)
    return Bench(draft, actor, examination, ground, acts, tryout.play(ground, acts) if acts else None)


def _scenario(bench: Bench, key: str) -> scenario_file.Scenario:
    found = next((result.scenario for result in bench.examination.scenarios if result.key == key), None)
    if found is None:
        raise NotFound
    return found


# --- acts ---------------------------------------------------------------------------------------------------------


def _sent_act(kind: str) -> Act:
    if kind == "start":
        answers = {"level": request.form.get("level", ""), "real_name": request.form.get("real_name") == "yes",
                   "business_level": request.form.get("business_level", "")}
        return Act("start", at=_sent_moment(), answers=answers, phone=request.form.get("phone") == "yes")
    if kind == "wait":
        amount, unit = request.form.get("amount", "", type=str), request.form.get("unit", "")
        if unit not in PAUSE or not amount.isdecimal() or not 1 <= int(amount) <= LONGEST_WAIT:
            raise InvalidInput(fields={"amount": "out_of_range"})
        return Act("wait", after=int(amount) * PAUSE[unit])
    if kind == "message":
        return Act("message", message=request.form.get("message", ""))
    if kind == "stop":
        return Act("stop", category=request.form.get("category", ""), reason=line("reason"))
    if kind == "resume":
        return Act("resume", reason=line("reason"))
    if kind == "attempt":
        return Act("attempt", channel=request.form.get("channel", ""), result=request.form.get("result", ""),
                   note=line("note"))
    return Act(kind)


def _sent_moment() -> datetime:
    try:
        moment = datetime.strptime(request.form.get("at", ""), "%Y-%m-%dT%H:%M")
        if not 2004 <= moment.year <= 2100:
            raise ValueError
    except ValueError:
        raise InvalidInput(fields={"at": "not_a_moment"}) from None
    return moment.replace(tzinfo=moments.SHANGHAI).astimezone(UTC)


def _complete(bench: Bench, done: tuple[Act, ...]):
    """A task done by the role whose form was sent; the form again when it is not right."""
    token = request.form.get("task", type=int)
    task = next((task for task in bench.trial.open_tasks if task.token == token), None) if bench.trial else None
    if task is None:
        flash(gettext("这项任务已经不在等待办理，请按现在的情况继续。"), "warning")
        return _back(bench)
    form = _form(bench, task, request.form)
    late_reason = line("late_reason")
    if not form.validate():
        return _page(bench, task, form, late_reason), 422
    try:
        return _try(bench, (*done, Act("complete", task=task.element, post=task.post, answers=form.values(),
                                       late_reason=late_reason)))
    except InvalidForm as error:
        form.refuse(error.fields, error.details.get("sentences", {}))
        return _page(bench, task, form, late_reason), 422
    except LateReasonMissing as error:
        return _page(bench, task, form, late_reason, late_problem=refusal(error)[1]), 422
    except CaseflowError as error:
        return _page(bench, task, form, late_reason, problem=tryout_words.why_not(error)), 422


def _try(bench: Bench, acts: Sequence[Act]):
    """Go on with these acts; raises what the last of them was refused with."""
    trial = tryout.play(bench.ground, acts)
    if trial.stopped:
        raise trial.stopped.error
    return _go_on(bench, acts)


def _go_on(bench: Bench, acts: Sequence[Act]):
    with transaction():
        kept_trials.remember(bench.draft, bench.actor, acts, clock.now())
    return _back(bench)


def _change(bench: Bench, done: str, change: Callable[[], object]):
    try:
        with transaction():
            change()
        flash(done, "success")
    except (InvalidInput, Conflict) as error:
        flash(tryout_words.why_not(error), "warning")
    return redirect(url_for("tryout.show", draft_id=bench.draft.id) + "#scenarios")


def _back(bench: Bench):
    return redirect(url_for("tryout.show", draft_id=bench.draft.id))


# --- the page -----------------------------------------------------------------------------------------------------


def _form(bench: Bench, task: Task, sent: Any = None) -> TaskForm:
    asked, trial = tryout.form_of(bench.ground, task).form, bench.trial
    form = TaskForm(asked, today=tryout.day_of(trial.now), formdata=sent)
    log = tryout.log_of(bench.ground, task, trial.tried, trial.phone)
    form.offer(reaching.offered(asked, log), contacts.standing(log.standing), real_name=trial.real_name)
    return form


def _page(bench: Bench, task: Task | None = None, form: TaskForm | None = None, late_reason: str = "",
          late_problem: str = "", problem: str = ""):
    """The page; with `task` and `form` as they were sent, else with the first task of the role that was chosen."""
    draft, trial = bench.draft, bench.trial
    common = {"draft": draft, "title": processes.title(draft.regulation, draft.process_id), "may_try": bench.may_try,
              "place": places.place(draft.regulation), "examination": bench.examination}
    if bench.ground is None:
        return render_template("workshop/tryout_unreadable.html", **common)
    if task is None and trial is not None:
        task = _chosen(trial)
        form = _form(bench, task) if task else None
    facts = tryout.form_of(bench.ground, task) if task else None
    return render_template(
        "workshop/tryout_show.html", **common, trial=trial, task=task, form=form, facts=facts, problem=problem,
        late=task is not None and trial.is_late(task), late_reason=late_reason, late_problem=late_problem,
        articles=articles(bench.ground.regulation, facts.element.article) if facts else [],
        posts=tryout_words.posts(bench.ground, trial), start=tried_case.START.astimezone(moments.SHANGHAI),
        run=tryout_words.run(bench.ground, trial) if trial else None, stopped=_stopped(bench),
        channels=contacts.CHANNELS, results=contacts.RESULTS,
        scenarios=bench.examination.scenarios, own=kept_trials.own_keys(draft),
        why=Words(draft.regulation, [bench.examination.definition]).problem,
        left_out=[one for one in rerecordings.kept(draft) if one.kind == rerecordings.LEFT_OUT],
        may_keep=kept_trials.may_keep(draft, bench.actor),
        coverage=tryout_words.coverage(bench.ground.definition, scenarios.coverage(
            bench.ground.definition, [result.trial for result in bench.examination.scenarios])))


def _chosen(trial: Trial) -> Task | None:
    """The first open task of the role that was chosen, or the first of all."""
    post = request.args.get("post") or request.form.get("post", "")
    mine = [task for task in trial.open_tasks if task.post == post]
    return next(iter(mine or ([] if post else trial.open_tasks)), None)


def _stopped(bench: Bench) -> str:
    """That the draft has changed since: the run goes no further than it still can."""
    if not bench.trial or not bench.trial.stopped:
        return ""
    return gettext("草稿改动之后，原来的试办只能走到第 %(n)s 步：%(why)s", n=bench.trial.stopped.number - 1,
                   why=tryout_words.why_not(bench.trial.stopped.error))
