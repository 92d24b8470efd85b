"""How a refusal looks: one table from the error's class to the status and the sentence people read."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_babel import gettext, lazy_gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from caseflow import errors
from caseflow.models import forget, is_outage
from web.words import refusals, times

log = logging.getLogger(__name__)
_ = lazy_gettext

REFUSALS: dict[type[errors.CaseflowError], tuple[int, Any]] = {
    errors.CaseflowError: (400, _("这一步被拒绝了，没有任何内容被更改。")),
    errors.NotFound: (404, _("没有找到这项内容，或者它不属于您的单位。")),
    errors.PermissionDenied: (403, _("您的岗位不能进行这项操作，请联系本单位督办人员。")),
    errors.NotImpartial: (403, _("您与这件申诉有利害关系，应当回避。")),
    errors.OtherPersonNeeded: (403, _("您办理过本案中按规定应当由另一人办理的环节，这项任务请由别人办理。")),
    errors.AppealRefused: (409, _("现在不能对这条评价提出申诉。")),
    errors.InvalidInput: (422, _("有些内容需要修改。")),
    errors.InvalidForm: (422, _("表单还不完整，请修改标出的各项后再次提交。")),
    errors.LateReasonMissing: (422, _("任务已经逾期，请用 2 到 200 个字说明逾期原因后再次提交。")),
    errors.Conflict: (409, _("别人先一步处理了，请重新打开后再操作。")),
    errors.ConcurrentUpdate: (409, _("您办理期间案件已有变化，请重新查看后再办一次。")),
    errors.TaskNotOpen: (409, _("这项任务已经办结或撤回，不能再办理。")),
    errors.TokenReused: (409, _("这张表单已经提交过，内容与这次不同；请重新打开任务。")),
    errors.CaseClosed: (409, _("案件已经办结，不能再添加内容。")),
    errors.AlreadyClaimed: (409, _("同事已经签收了这项任务。")),
    errors.AdministrationRefused: (409, _("这样做会让某项职责或工作无人负责，没有任何内容被更改。")),
    errors.ClockNotRunning: (409, _("这个案件没有正在计算的期限，可能已经中止计时或已到期；请刷新案件页面查看。")),
    errors.ClockNotStopped: (409, _("这个案件没有中止计时，可能同事已经恢复，或任务已经办结；请刷新案件页面查看。")),
    errors.DeadlineOver: (409, _("法定期限已过，不能再中止或延期；请尽快办理，并在办结时说明逾期原因。")),
    errors.LimitStays: (409, _("这一期限不是任务的法定期限，照流程图执行，不能延期，也不能中止。")),
    errors.ExtensionsUsedUp: (409, _("这一期限的延期次数已经用完，不能再延期；请在期限内办理。")),
    errors.DispatchNotRefusable: (409, _("这个案件不能退回，请继续办理；确有必要的，请联系牵头单位督办人员转办。")),
    errors.SecondPersonNeeded: (403, _("编辑或提交过这份草稿的人不能自己批准，请由另一位流程审批人批准。")),
    errors.DraftChanged: (409, _("同事已经保存了这份草稿的新内容，您的修改没有覆盖它；请先查看最新内容，再重新修改。")),
    errors.DraftClosed: (409, _("这份草稿现在的状态不允许这样操作，请刷新页面查看。")),
    errors.ScenariosChanged: (409, _(
        "这份草稿的场景在您打开页面以后有改动，没有任何内容被更改；请先看过现在的场景，再决定。")),
    errors.NothingToRecord: (409, _("没有可以自动重新记录的场景：都已经记录，或者要人工重录；请看现在的页面。")),
    errors.BaseReplaced: (409, _("这份草稿所依据的版本已经不是现行版本；请与现行版本比较，确认以它为依据后再提交。")),
    errors.NothingChanged: (409, _("与现行版本相同，没有需要部署的内容。")),
    errors.VersionReplaced: (409, _("现行版本已经变了，没有任何内容被更改；请重新预览后再操作。")),
    errors.CannotMove: (409, _("这个案件不能改按这个版本办理，没有任何内容被更改。")),
    errors.DefinitionRefused: (422, _("流程图不符合规则，请按所列问题修改。")),
    errors.ExpressionRefused: (422, _("表达式不符合规则，请修改后重试。")),
    errors.StepFailed: (500, _("流程走不到下一步，没有任何内容被更改；请告知管理员。")),
    errors.RegulationNotFound: (422, _("没有适用于该地区的办法。")),
    errors.RegulationExpired: (422, _("该办法已过有效期，不再适用。")),
    errors.CalendarMissing: (422, _("工作日历没有覆盖到这一年，请导入当年的放假通知。")),
    errors.DatabaseUnavailable: (503, _("数据库暂时不能使用。请稍后把这次的内容原样再提交一次，不会重复办理。")),
    errors.ConfigurationError: (500, _("系统设置有误，请告知管理员。")),
}

DRAFT_STATES = {
    "open": _("这份草稿没有提交审批，或已经退回修改；请刷新页面查看。"),
    "submitted": _("这份草稿已经提交审批；需要修改时，请审批人先退回。"),
    "deployed": _("这份草稿已经批准并部署；需要修改时，请新建草稿。"),
    "discarded": _("这份草稿已经作废；需要修改时，请新建草稿。"),
}

REASONS: dict[tuple[str, str], Any] = {
    ("dispatch_not_refusable", "unavailable"): _("这类案件不能退回转办。"),
    ("dispatch_not_refusable", "closed"): _("案件已经办结，不能再退回。"),
    ("dispatch_not_refusable", "lead_office"): _("案件由牵头单位自己承办，请由督办人员直接转办。"),
    ("dispatch_not_refusable", "again"): _("本单位已经退回过这个案件，每个单位只能退回一次；请按督办人员的决定办理。"),
    ("dispatch_not_refusable", "no_task"): _("案件现在没有本单位要办的任务，不需要退回。"),
    ("dispatch_not_refusable", "accepted"): _(
        "本单位已经开始办理这个案件，不能再退回；确有必要的，请联系牵头单位督办人员转办。"),
    ("clock_not_stopped", "appeal"): _("计时因申诉复核而中止，申诉办结或撤回时自动恢复，不能人工恢复。"),
    ("limit_stays", "contact"): _("首次联系评价人的期限只依条文，不能延期，也不能中止；请在期限内联系评价人。"),
    ("not_impartial", "rated"): _("这条评价评的是您本人，您应当回避，不能复核这件申诉。"),
    ("not_impartial", "appellant"): _("这件申诉是您提出的，您应当回避，不能复核。"),
    ("not_impartial", "rated_unit"): _("您在被评价的单位任职，应当回避，不能复核这件申诉。"),
    ("not_impartial", "first_handler"): _("您复核过对同一评价的前一次申诉，应当回避。"),
    ("appeal_refused", "filed"): _("已经对这条评价提出过申诉，每方只能提出一次。"),
    ("appeal_refused", "over"): _("申诉的期限已过。"),
    ("appeal_refused", "voided"): _("这条评价已经不予采纳，不需要再申诉。"),
    ("appeal_refused", "no_appeal"): _("本办法没有规定申诉。"),
    ("appeal_refused", "not_party"): _("按规定，您不能对这条评价提出申诉。"),
}

STATUSES: dict[int, tuple[Any, Any]] = {
    400: (_("请求有误"), _("浏览器发来的内容无法识别，请返回重试。")),
    401: (_("请先登录"), _("登录已结束，请重新登录后继续。")),
    403: (_("没有权限"), _("您的岗位不能进行这项操作。")),
    404: (_("没有找到"), _("没有找到这个页面，或者它不属于您的单位。")),
    405: (_("不能这样打开"), _("这个地址不能这样打开，请从页面上操作。")),
    409: (_("内容已有变化"), _("别人先一步处理了，请重新打开后再操作。")),
    413: (_("内容过大"), _("提交的内容超过了上限。")),
    415: (_("格式不支持"), _("提交内容的格式不受支持。")),
    422: (_("需要修改"), _("有些内容需要修改。")),
    429: (_("请稍后再试"), _("操作过于频繁，请稍后再试。")),
    500: (_("系统出错"), _("系统出了问题，没有任何内容被更改；错误已记录，请稍后再试或告知管理员。")),
    503: (_("暂时不能使用"), _("数据库暂时不能使用。请稍后把这次的内容原样再提交一次，不会重复办理。")),
}
STALE_FORM = _("页面打开太久或登录已变化，这次没有提交；请返回刷新页面后再试。")


def init_app(app: Flask) -> None:
    app.register_error_handler(errors.CaseflowError, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _crashed)


def refusal(error: errors.CaseflowError) -> tuple[int, str]:
    """Status and sentence of an error, in the reader's language; a class without a row speaks as its parent."""
    status, sentence = next(REFUSALS[kind] for kind in type(error).__mro__ if kind in REFUSALS)
    if isinstance(error, errors.AdministrationRefused):
        sentence = refusals.REASONS.get(error.reason, sentence)
    if isinstance(error, errors.DraftClosed):
        sentence = DRAFT_STATES.get(error.details.get("state"), sentence)
    if isinstance(error, errors.DraftChanged) and "at" in error.details:
        sentence = gettext("%(by)s 在 %(at)s 保存了这份草稿，您的修改没有覆盖它；请先查看最新内容，再重新修改。",
                           by=error.details["by"], at=times.moment(error.details["at"]))
    if isinstance(error, errors.OtherPersonNeeded) and "done" in error.details:
        sentence = refusals.other_person(error)
    return status, str(REASONS.get((error.code, error.details.get("reason", "")), sentence))


def _refused(error: errors.CaseflowError) -> Response:
    status, sentence = refusal(error)
    log.warning("refused %s %r: %s", request.method, request.path, error.code)
    forget()
    return answer(status, error.code, sentence, fields=getattr(error, "fields", None))


def _stale_form(error: CSRFError) -> Response:
    log.warning("refused %s %r: csrf", request.method, request.path)
    return answer(400, "csrf", str(STALE_FORM))


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return error.get_response()
    code = "too_large" if isinstance(error, RequestEntityTooLarge) else f"http_{error.code}"
    response = answer(error.code, code, str(STATUSES.get(error.code, STATUSES[400])[1]))
    for name, value in error.get_headers(request.environ):
        if name.lower() in ("allow", "retry-after", "www-authenticate"):
            response.headers[name] = value
    return response


def _crashed(error: Exception) -> Response:
    """Whatever nobody foresaw: the trace goes to the log, the reader gets a sentence."""
    log.error("%s %r failed", request.method, request.path, exc_info=error)
    forget()
    if is_outage(error):
        return _refused(errors.DatabaseUnavailable())
    return answer(500, "internal_error", str(STATUSES[500][1]))


def answer(status: int, code: str, sentence: str, fields: dict[str, str] | None = None) -> Response:
    """The refusal as JSON, as a fragment for htmx, or as a page."""
    if wants_json():
        body = {"code": code, "message": sentence} | ({"fields": fields} if fields else {})
        return make_response(jsonify(body), status)
    title = str(STATUSES.get(status, STATUSES[400])[0])
    if request.headers.get("HX-Request"):
        response = make_response(render_template("errors/fragment.html", title=title, sentence=sentence), status)
        response.headers.update({"HX-Retarget": "#messages", "HX-Reswap": "innerHTML show:window:top"})
        return response
    try:
        page = render_template("errors/error.html", status=status, title=title, sentence=sentence)
    except Exception:  # the page itself may need what is broken (the database): say it without
        log.exception("the error page failed")
        page = render_template("errors/bare.html", status=status, title=title, sentence=sentence)
    return make_response(page, status)


def wants_json() -> bool:
    if request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json"
