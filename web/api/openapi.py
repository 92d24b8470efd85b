"""The OpenAPI 3.1 document of the API, made from the field table so that the two cannot disagree."""

from __future__ import annotations

import caseflow
from caseflow.ratings.fields import DETAILS, FIELDS, NOTES, OLDER_DETAILS, REASONS, SATISFACTION_NAMES, Field
from web.sentences import feed

PROBLEM = {"$ref": "#/components/schemas/Problem"}
VERDICT = {"$ref": "#/components/schemas/Verdict"}
RATING = {"$ref": "#/components/schemas/Rating"}


def document() -> dict[str, object]:
    """The document as JSON values."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "caseflow 评价接入", "version": caseflow.__version__,
            "description": "按全国一体化政务服务平台的字段名推送评价。重复推送是安全的：内容相同的答复为 duplicate，"
                           "同一次服务（projectNo、serviceNumber）内容不同的答复为 later_rating，另行留存。",
        },
        "servers": [{"url": "/api/v1"}],
        "paths": {
            "/ratings": {"post": _push()},
            "/openapi.json": {"get": {
                "summary": "本文档", "operationId": "getDocument", "security": [],
                "responses": {"200": {"description": "OpenAPI 3.1", "content": {
                    "application/json": {"schema": {"type": "object"}}}}},
            }},
        },
        "security": [{"key": []}],
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Rating": _rating(), "Verdict": _verdict(), "Problem": _problem()},
        },
    }


def _push() -> dict[str, object]:
    batch = {"type": "array", "items": RATING, "maxItems": 1000}
    one_or_more = {"schema": {"oneOf": [VERDICT, {"type": "array", "items": VERDICT}]}}
    refusals = {"401": "没有有效密钥", "403": "密钥已停用", "413": "超过 1000 条或 4 MB", "415": "格式不支持",
                "422": "不是评价，或单条评价被退回"}
    return {
        "summary": "推送一条或一批评价", "operationId": "pushRatings",
        "requestBody": {"required": True, "content": {
            "application/json": {"schema": {"oneOf": [RATING, batch]}},
            "application/x-ndjson": {"schema": {"type": "string", "description": "每行一个评价对象，最多 1000 行"}},
        }},
        "responses": {
            "200": {"description": "一批：按顺序的结论；单条：内容相同，未重复留存",
                    "content": {"application/json": one_or_more}},
            "201": {"description": "单条：已接收，包括后续评价",
                    "content": {"application/json": {"schema": VERDICT}}},
        } | {
            status: {"description": what, "content": {"application/problem+json": {"schema": PROBLEM}}}
            for status, what in refusals.items()},
    }


def _rating() -> dict[str, object]:
    return {
        "type": "object", "description": "未列出的字段原样留存，不作解释。",
        "required": [field.name for field in FIELDS if field.required],
        "properties": {field.name: _property(field) for field in FIELDS}, "additionalProperties": True,
    }


def _property(field: Field) -> dict[str, object]:
    about = {"description": feed.meaning(field.name)}
    if field.kind == "number":
        names = [SATISFACTION_NAMES[n] for n in range(1, 6)] if field.name == "satisfaction" else []
        number = {"type": "integer", "minimum": 1, "maximum": field.maximum}
        return about | {"oneOf": [number, {"type": "string", "pattern": "^[0-9]{1,4}$"}]} | (
            {"x-names": dict(enumerate(names, start=1))} if names else {})
    if field.kind == "choice":
        return about | {"type": ["string", "null"], "enum": [*field.choices, "", None], "x-names": dict(field.choices)}
    if field.kind == "codes":
        return about | {"type": ["string", "null"], "maxLength": field.limit, "x-codes": dict(DETAILS),
                        "x-older-codes": sorted(OLDER_DETAILS)}
    if field.kind == "time":
        return about | {"type": "string", "pattern": "^20[0-9]{2}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}$"}
    if field.kind == "area":
        return about | {"type": "string", "pattern": "^[0-9]{2,12}$"}
    least = {"type": "string", "minLength": 1} if field.required else {"type": ["string", "null"]}
    return about | least | {"maxLength": field.limit}


def _verdict() -> dict[str, object]:
    note = {"type": "object", "required": ["code", "detail"],
            "properties": {"code": {"enum": list(NOTES)}, "detail": {"type": "string"}}}
    return {
        "type": "object", "required": ["verdict", "status"],
        "properties": {
            "verdict": {"type": "string", "description": "accepted、later_rating、duplicate 或 rejected:<原因>:<字段>"},
            "status": {"enum": list(feed.VERDICTS), "x-names": dict(feed.VERDICTS)},
            "reason": {"enum": list(REASONS)}, "field": {"type": "string", "description": "出错的字段；- 指整条"},
            "detail": {"type": "string"}, "notes": {"type": "array", "items": note},
            "case": {"type": "string", "description": "差评已立案的案件编号"},
        },
    }


def _problem() -> dict[str, object]:
    return {
        "type": "object", "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
            "detail": {"type": "string", "description": "该怎么办"}, "verdict": {"type": "string"},
            "reason": {"enum": list(REASONS)}, "field": {"type": "string"},
        },
    }
