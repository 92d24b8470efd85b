"""The door for other systems: ratings are pushed here, under an API key and never under a cookie.

Errors are problem objects (RFC 9457, application/problem+json): type, title, status and what to do.
"""

from __future__ import annotations

import json
import logging

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from caseflow.models import transaction
from caseflow.ratings import api_keys, intake
from caseflow.ratings.verdicts import Verdict
from web.api import openapi
from web.app import clock
from web.sentences import feed

log = logging.getLogger(__name__)

MAX_BYTES = 4_194_304
MAX_RATINGS = 1_000
BATCH = 100                      # ratings per transaction: the write lock is short
JSON_TYPES = ("application/json",)
LINE_TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl")

PROBLEMS = {
    400: ("bad_request", "请求有误", "请按 /api/v1/openapi.json 检查请求。"),
    401: ("unauthorized", "未认证", "请在 Authorization 头中提供 Bearer 密钥；密钥由 caseflow ratings key add 生成。"),
    403: ("key_revoked", "密钥已停用", "这把密钥已停用，请向管理员申请新的密钥。"),
    413: ("too_large", "请求过大", f"每次最多 {MAX_RATINGS} 条、4 MB，请分批推送。"),
    415: ("unsupported_type", "格式不支持", "请用 application/json 或 application/x-ndjson，UTF-8 编码，不压缩。"),
    422: ("unprocessable", "内容无法处理", "请求体须为一个评价对象、对象数组或 NDJSON，请核对格式后重新推送。"),
}



class _Refused(Exception):
    """The request as a whole is refused with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.get("/openapi.json")
def document() -> Response:
    return _json(openapi.document())


@blueprint.post("/ratings")
def push() -> Response:
    """Take in one rating (object), or a batch (array or NDJSON): a verdict, or a list of verdicts in order.

    One: 201 accepted or later_rating, 200 duplicate, 422 rejected. A batch: 200, whatever the verdicts.
    Repeating a request is safe: what says the same as what was kept is answered as duplicate.
    """
    name = _key_name()
    lines, single = _lines(_body())
    if len(lines) > MAX_RATINGS:
        return _problem(413)
    verdicts = _take_in(lines, f"api:{name}")
    answers = [_answer(verdict) for verdict in verdicts]
    if not single:
        return _json(answers)
    if verdicts[0].status == "rejected":
        return _problem(422, answers[0])
    return _json(answers[0], 200 if verdicts[0].status == "duplicate" else 201)


def _key_name() -> str:
    """The name of the caller's key; 401 without a valid one, 403 when it was revoked. Cookies count for nothing."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    key = api_keys.find(secret.strip()) if scheme.lower() == "bearer" and secret.strip() else None
    if key is None:
        raise _Refused(401)
    if key.revoked_at is not None:
        raise _Refused(403)
    return key.name


def _body() -> bytes:
    if request.mimetype not in JSON_TYPES + LINE_TYPES or request.content_encoding not in (None, "identity"):
        raise _Refused(415)
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise _Refused(415)
    request.max_content_length = MAX_BYTES
    return request.get_data(cache=False)


def _lines(body: bytes) -> tuple[list[bytes | str], bool]:
    """The ratings of a body, each as the text it came as, and whether it was a single object."""
    if request.mimetype in LINE_TYPES:
        return [line.rstrip(b"\r") for line in body.removesuffix(b"\n").split(b"\n")] if body.strip() else [], False
    try:
        text = body.decode("utf-8-sig").strip(" \t\r\n")
        return (_elements(text), False) if text.startswith("[") else ([text], True)
    except (ValueError, RecursionError):
        raise _Refused(422) from None


def _elements(array: str) -> list[str]:
    """The elements of a JSON array, each as its own text, so that one bad element spoils no other."""
    decoder, texts, at, last = json.JSONDecoder(), [], _past_blanks(array, 1), len(array) - 1
    while array[at:at + 1] != "]" or texts:
        _, end = decoder.raw_decode(array, at)
        texts.append(array[at:end])
        at = _past_blanks(array, end)
        if array[at:at + 1] != "," or len(texts) > MAX_RATINGS:
            break
        at = _past_blanks(array, at + 1)
    if len(texts) <= MAX_RATINGS and (at != last or array[at] != "]"):
        raise ValueError("not an array")
    return texts


def _past_blanks(text: str, at: int) -> int:
    while text[at:at + 1] and text[at] in " \t\r\n":
        at += 1
    return at


def _take_in(lines: list[bytes | str], source: str) -> list[Verdict]:
    verdicts: list[Verdict] = []
    for start in range(0, len(lines), BATCH):
        with transaction():
            verdicts += intake.receive(lines[start:start + BATCH], source, clock.now())
    return verdicts


def _answer(verdict: Verdict) -> dict[str, object]:
    """A verdict as JSON. It quotes nothing of the rating but field names."""
    answer: dict[str, object] = {"verdict": verdict.verdict, "status": verdict.status}
    if verdict.status == "rejected":
        answer |= {"reason": verdict.reason, "field": verdict.field, "detail": feed.reason(verdict.reason)}
    if verdict.notes:
        answer["notes"] = [{"code": code, "detail": feed.note(code)} for code in verdict.notes]
    if verdict.case:
        answer["case"] = verdict.case
    return answer


@blueprint.errorhandler(_Refused)
def _refused(error: _Refused) -> Response:
    return _problem(error.status)


@blueprint.errorhandler(HTTPException)
def _http(error: HTTPException) -> Response:
    return _problem(error.code if error.code in PROBLEMS else 400)


def _problem(status: int, extra: dict[str, object] | None = None) -> Response:
    code, title, what_to_do = PROBLEMS[status]
    log.warning("refused %s %s: %s", request.method, request.path, code)
    body = {"type": f"urn:caseflow:problem:{code}", "title": title, "status": status, "detail": what_to_do}
    answer = _json(body | {k: v for k, v in (extra or {}).items() if k != "status"}, status)
    answer.mimetype = "application/problem+json"
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _json(body: object, status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, mimetype="application/json")
