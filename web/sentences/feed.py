"""What becomes of a rating that is pushed, and what each field means, for those who push them.

Systems ask here, not readers: the interface speaks Chinese, as all of its document does.
"""

from __future__ import annotations

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    "missing": "缺少必填项，请补上后再推送。",
    "out_of_range": "取值不在允许的范围内，请按代码表填写。",
    "not_a_time": "不是有效时间，请按 yyyy-MM-dd HH:mm:ss 填写。",
    "rated_before_service": "评价时间早于服务时间，请核对两个时间。",
    "bad_rating_without_reason": "差评须勾选详情或填写文字评价。",
    "unknown_code": "详情代码不在指标表内，请核对指标版本。",
    "code_of_another_level": "详情代码不属于所评的满意度等级。",
    "unknown_area": "没有适用于该行政区划的办法，请核对行政区划代码。",
    "not_in_force": "该行政区划的办法尚未施行，请在施行之日起推送。",
    "not_json": "不是一个 JSON 对象（UTF-8、无重复键），请核对格式。",
    "too_long": "内容过长，请缩短后再推送。",
}
NOTES: Mapping[str, str] = {
    "office_unknown": "办理部门代码尚未登记，暂由主管单位承办。",
    "regulation_expired": "该地区的办法已过有效期，评价已留存，未立案。",
    "case_not_opened": "评价已留存，立案未成功，系统将再次立案。",
    "older_code": "详情代码属于旧版指标，请更新设备的指标表。",
    "default_replaced": "评价人另有评价，原默认评价不再采用，仍予留存。",
    "default_stands": "评价已超过补充评价的期限，单独留存，默认评价不变。",
}
VERDICTS: Mapping[str, str] = {
    "accepted": "已接收：该次服务的第一条评价。",
    "later_rating": "已接收：该次服务已有评价，这一条内容不同，作为后续评价另行留存。",
    "duplicate": "该次服务已有内容相同的评价，未重复留存。",
    "rejected": "未接收：见 reason 和 field。",
}
MEANINGS: Mapping[str, str] = {
    "areaCode": "行政区划代码，12 位",
    "projectNo": "办件编号",
    "serviceNumber": "第几次服务，首次为 1",
    "satisfaction": "满意度：5 非常满意 … 1 非常不满意",
    "serviceTime": "服务时间，北京时间 yyyy-MM-dd HH:mm:ss",
    "assessTime": "评价时间，北京时间 yyyy-MM-dd HH:mm:ss，不早于服务时间",
    "evalDetail": "评价详情指标代码，逗号分隔；首位数字与满意度一致",
    "writingEvaluation": "文字评价",
    "pf": "评价渠道",
    "anonymityFlag": "是否匿名；不填按匿名处理",
    "serviceName": "服务名称：咨询、申报、补正、缴费、签收",
    "taskCode": "实施编码",
    "taskName": "事项名称",
    "taskType": "事项类型",
    "orgcode": "办理部门统一社会信用代码",
    "orgName": "办理部门名称",
    "proManager": "经办人",
    "proManagerNo": "经办人编号",
    "userName": "评价人姓名（实名时保存）",
    "mobile": "评价人电话（实名时保存）",
}


def reason(code: str) -> str:
    """Why a rating was refused, and what to do."""
    return REASONS[code]


def note(code: str) -> str:
    """What is noted of a rating that was accepted."""
    return NOTES[code]


def meaning(field: str) -> str:
    """What a field of the interface means."""
    return MEANINGS[field]
