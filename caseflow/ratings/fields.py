"""The national interface of ratings: its field names, code tables and limits, as data.

The names and codes are those of the national platform's interface; GB/T 39046 A.8 numbers satisfaction the
other way round (1 = best), so a level never travels as a bare number: `SATISFACTION` is the only way in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from caseflow.models.ratings import RATING_LEVELS

MAX_TEXT = 2_000            # characters of writingEvaluation
MAX_LINE = 1_048_576        # bytes that are looked at at all
MAX_RAW = 65_536            # characters of an accepted line, unknown fields included

# Code of the platform interface → internal level: 5 非常满意 … 1 非常不满意.
SATISFACTION: Mapping[int, str] = dict(enumerate(RATING_LEVELS, start=1))
SATISFACTION_NAMES: Mapping[int, str] = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}

CHANNELS: Mapping[str, str] = {
    "1": "PC端", "2": "移动端", "3": "二维码", "4": "政务大厅平板电脑", "5": "政务大厅其他终端",
    "6": "电话", "7": "短信",
}
ANONYMOUS, REAL_NAME = "1", "2"
ANONYMITY: Mapping[str, str] = {ANONYMOUS: "匿名", REAL_NAME: "实名"}

# evalDetail: the first digit is the satisfaction level. This is the generation in use.
DETAILS: Mapping[str, str] = {
    "510": "一窗受理一次办结", "511": "可以先受理后补材料", "512": "不用提交证明", "513": "可以全程网上办理",
    "514": "可以使用手机办理", "515": "可以就近办理", "516": "无需材料直接办理", "517": "服务热情效率高",
    "406": "填写一张表单就可完成申报", "407": "在线提交材料窗口核验", "408": "一张清单告知全部申报材料",
    "409": "用告知承诺减免申报材料", "410": "可以在线预约办理", "411": "跑大厅一次办完", "412": "可以使用自助机办理",
    "413": "服务态度较好",
    "307": "一次性告知需要补正的材料", "308": "提供申报材料样本", "309": "在承诺的时间内办结",
    "310": "办事指南指引准确", "311": "按办事指南要求的材料即可办理", "312": "可以快递送达",
    "313": "跑动次数与承诺的一致", "314": "服务态度一般",
    "207": "没有提供材料样本", "208": "没有提供材料清单", "209": "未在承诺时间内办结",
    "210": "同样内容的证明材料被要求多次提交", "211": "承诺网办但无法在线办理",
    "212": "在线预约办理后到实体大厅重复取号排队", "213": "窗口人员业务不熟练", "214": "服务态度生硬",
    "108": "在办事指南之外增加新的审批条件", "109": "需提供办事指南之外的申报材料", "110": "无理由超过法定办理时间",
    "111": "办事指南提供样本有错", "112": "承诺在线收取申报材料实际无法收取", "113": "多头跑窗口和部门",
    "114": "跑动次数与承诺的不一致", "115": "服务态度差效率低",
}

# The generation before (usingStatus=false): still accepted, because a device that was not updated must not
# cost a citizen the rating; the verdict says so. The texts of these codes are not known here.
OLDER_DETAILS = frozenset(
    str(code) for codes in (range(501, 510), (401, 402, 404, 405), range(301, 307), range(201, 207), range(101, 108))
    for code in codes)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the interface. `kind`: text, number, choice, codes, time or area; `limit` in characters.

    `required` means that a rating without it is refused. `maximum` bounds a number, which counts from 1.
    `identifies` means that it says who rated: it stands in a column of its own, never in the line that is kept.
    """

    name: str
    kind: str = "text"
    required: bool = False
    limit: int = 64
    maximum: int = 0
    choices: Mapping[str, str] = field(default_factory=dict)
    identifies: bool = False


# In the order in which a line with several faults of one kind is judged.
FIELDS: tuple[Field, ...] = (
    Field("areaCode", "area", required=True, limit=12),
    Field("projectNo", required=True),
    Field("serviceNumber", "number", required=True, maximum=99),
    Field("satisfaction", "number", required=True, maximum=5),
    Field("serviceTime", "time", required=True, limit=19),
    Field("assessTime", "time", required=True, limit=19),
    Field("evalDetail", "codes", limit=400),
    Field("writingEvaluation", limit=MAX_TEXT),
    Field("pf", "choice", choices=CHANNELS),
    Field("anonymityFlag", "choice", choices=ANONYMITY),
    Field("serviceName"),
    Field("taskCode"),
    Field("taskName", limit=200),
    Field("taskType", limit=8),
    Field("orgcode", limit=32),
    Field("orgName", limit=120),
    Field("proManager"),
    Field("proManagerNo", limit=32),
    Field("userName", identifies=True),
    Field("mobile", limit=32, identifies=True),
)

# Codes of the interface beside the fields: state of the business, kind of rater (person, company …), first or later
# rating, default rating, number of the rating, source. They stay in the line where they are a short number.
CODES = ("proStatus", "userProp", "evaluateType", "isdefault", "isprotion", "assessNumber", "dataSource")
IS_DEFAULT = "1"                 # isdefault: nobody rated, a default stands in

# Why a rating is refused, and what is noted of one that is accepted.
REASONS = (
    "missing", "out_of_range", "not_a_time", "rated_before_service", "bad_rating_without_reason", "unknown_code",
    "code_of_another_level", "unknown_area", "not_in_force", "not_json", "too_long",
)
NOTES = ("office_unknown", "regulation_expired", "case_not_opened", "older_code", "default_replaced", "default_stands")
