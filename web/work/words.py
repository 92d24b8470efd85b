"""What a reviewer of an appeal asks, by its ground."""

from __future__ import annotations

from flask_babel import lazy_gettext

QUESTIONS = {
    "mistaken": (
        lazy_gettext("评价等级与文字意见、勾选的原因是否矛盾？"),
        lazy_gettext("评价的事项、窗口、时间与办件记录是否对得上？"),
        lazy_gettext("评价人是否确认评错了，最新的评价是什么？")),
    "malicious": (
        lazy_gettext("有没有捏造事实、报复或者索取不当利益的证据？"),
        lazy_gettext("同一评价人对同一单位是否反复给出差评？"),
        lazy_gettext("提出批评本身不是恶意：排除证据后还剩下什么？")),
    "untrue": (
        lazy_gettext("评价所说的每一件事，办件记录里怎么写？"),
        lazy_gettext("材料的时间、地点、人物是否与办件一致？"),
        lazy_gettext("有没有能印证评价的材料没有交来？")),
    "other": (
        lazy_gettext("理由是否属于办法允许申诉的情形？"),
        lazy_gettext("材料能否证明所说的理由？")),
}
