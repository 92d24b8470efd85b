"""Why a form can no longer be submitted, in words, and what to do now."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext

from caseflow import errors
from caseflow.models import WorkItem
from caseflow.people.permissions import Actor
from web.errors import refusal
from web.words import refusals, times


@dataclass(frozen=True, slots=True)
class Stale:
    """A refusal for people: what happened, and what to do."""

    title: str
    happened: str
    advice: str


def explain(error: errors.CaseflowError, item: WorkItem, actor: Actor, by: str = "") -> Stale:
    """The words for a Conflict or PermissionDenied on this work item. `by` is who completed it, if known."""
    if "linked" in error.details:
        return of_linked(error)
    if isinstance(error, errors.NotImpartial):
        return Stale(gettext("您应当回避"), gettext("这次没有提交。"), gettext("请由本岗位其他人员复核。"))
    if isinstance(error, errors.OtherPersonNeeded):
        return Stale(gettext("这项任务应由另一人办理"), gettext("这次没有提交。"), refusals.other_person(error))
    if item.status == "completed":
        return _completed(error, item, by)
    if item.status == "cancelled":
        return Stale(
            gettext("这项任务已经撤回"),
            gettext("您填写期间，案件走到了别的环节（例如评价已撤销或转为其他处理），“%(task)s”不再需要办理。",
                    task=item.name),
            gettext("请打开案件查看现在的情况；需要的内容可以从下面复制。"))
    if item.assignee_id is not None and item.assignee_id != actor.user_id:
        return Stale(
            gettext("这项任务已由同事签收"),
            gettext("%(name)s 签收了“%(task)s”，您填写的内容没有提交。", task=item.name, name=by or gettext("同事")),
            gettext("请与对方联系，或请对方放回任务后再办理；需要的内容可以从下面复制。"))
    if isinstance(error, errors.PermissionDenied):
        return Stale(
            gettext("这项任务不归您办理"),
            gettext("“%(task)s”由%(unit)s的承办岗位办理，您填写的内容没有提交。", task=item.name, unit=item.unit.name),
            gettext("如果应由您办理，请联系本单位督办人员调整岗位。"))
    return Stale(
        gettext("案件刚刚有变化"),
        gettext("您填写期间，案件“%(number)s”有新的进展（例如期限到期），这次没有提交。", number=item.case.number),
        gettext("您填写的内容都还在，请核对后再次提交。"))


def _completed(error: errors.CaseflowError, item: WorkItem, by: str) -> Stale:
    when = times.moment(item.completed_at)
    if isinstance(error, errors.TokenReused):
        return Stale(
            gettext("这张表单已经提交过"),
            gettext("“%(task)s”已于 %(when)s 提交成功，办理结果以那一次为准；这次的内容与上次不同，没有保存。",
                    task=item.name, when=when),
            gettext("如需补充，请在下一环节说明；这次填写的内容可以从下面复制。"))
    return Stale(
        gettext("这项任务已经办结"),
        gettext("%(name)s 已于 %(when)s 办结“%(task)s”，您填写的内容没有提交。",
                name=by or gettext("同事"), when=when, task=item.name),
        gettext("请打开案件查看办理结果；需要的内容可以从下面复制。"))


def of_linked(error: errors.CaseflowError) -> Stale:
    """The words when it is a linked case, submitted along, that cannot be submitted like this."""
    return Stale(
        gettext("关联案件 %(number)s 不能这样提交", number=error.details["linked"]),
        gettext("一件都没有提交。") + (
            "" if isinstance(error, errors.InvalidInput) else refusal(error)[1]),
        gettext("请按提示处理后再次提交，或者取消勾选这个关联案件；您填写的内容都还在。"))


def failed(error: errors.CaseflowError) -> Stale:
    """The words when the case could not take the step: nothing was stored, what was typed is still there."""
    if "linked" in error.details:
        return of_linked(error)
    return Stale(gettext("这次没有提交成功"), refusal(error)[1], gettext("您填写的内容都还在，可以先存草稿。"))
