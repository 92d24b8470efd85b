"""What administration refuses, and what stands in the system's journal, in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext, lazy_gettext

from caseflow.models import JournalEntry
from web.words import processes, times
from web.words.roles import ROLE_NAMES

_ = lazy_gettext

LEVELS = {"province": _("省"), "city": _("市"), "district": _("县（市、区）"), "town": _("乡镇（街道）"),
          "village": _("村（社区）")}
KINDS = {
    "user_added": _("建立账号 %(who)s"), "user_changed": _("更改人员资料：%(who)s"),
    "user_disabled": _("停用账号：%(who)s"), "user_enabled": _("恢复账号：%(who)s"),
    "role_granted": _("授予岗位：%(who)s，%(unit)s %(role)s"),
    "role_revoked": _("撤销岗位：%(who)s，%(unit)s %(role)s"),
    "password_changed": _("更换密码：%(who)s"), "password_reset": _("设置一次性密码：%(who)s"),
    "logins_ended": _("结束 %(logins)s 个登录：%(who)s"),
    "unit_added": _("新增单位 %(unit)s"), "unit_changed": _("更改单位：%(unit)s"),
    "unit_closed": _("停用单位：%(unit)s"), "unit_opened": _("恢复单位：%(unit)s"),
    "branch_added": _("登记分支机构 %(unit)s"), "branch_ended": _("终止分支机构 %(unit)s"),
    "people_imported": _("导入人员 %(count)s 行"), "units_imported": _("导入单位 %(count)s 行"),
    "discipline_forwarded": _("转送涉嫌违纪违法的线索"), "discipline_received": _("接收转送的线索"),
    "delivery_resent": _("重新发送通知：%(who)s"), "delivery_put_aside": _("不再发送通知：%(who)s"),
    "channels_chosen": _("更改通知方式：%(who)s"),
    "calendar_imported": _("导入工作日历"), "restored": _("从备份恢复"),
    "identity_linked": _("关联统一身份：%(who)s"), "identity_unlinked": _("解除统一身份：%(who)s"),
    "raters_removed": _("从评价原始数据中清除评价人信息"), "storage_compacted": _("压实数据库文件"),
    "api_key_added": _("新增接口密钥"), "api_key_revoked": _("撤销接口密钥"), "clock_moved": _("移动演示时钟"),
    "absence_entered": _("登记请假：%(who)s"), "absence_begun": _("请假开始：%(who)s"),
    "absence_ended": _("请假结束：%(who)s"),
    "phrase_kept": _("保存常用语：%(unit)s"), "phrase_removed": _("删去常用语：%(unit)s"),
    "filter_shared": _("与本单位共用筛选条件：%(unit)s"),
}
DEFINITIONS = {
    "definition_deployed": _("部署流程 %(process)s%(version)s"),
    "definition_rolled_back": _("流程 %(process)s 回到第 %(number)s 版"),
    "draft_begun": _("新建流程草稿 %(draft)s：%(process)s"), "draft_saved": _("保存流程草稿 %(draft)s：%(process)s"),
    "draft_discarded": _("作废流程草稿 %(draft)s：%(process)s"),
    "draft_rebased": _("流程草稿 %(draft)s 改以现行版本为依据：%(process)s"),
    "draft_submitted": _("提交流程草稿 %(draft)s 审批：%(process)s"),
    "draft_sent_back": _("退回流程草稿 %(draft)s：%(process)s"),
    "draft_approved": _("批准流程草稿 %(draft)s：%(process)s"),
    "scenario_kept": _("为流程草稿 %(draft)s 存下场景：%(process)s"),
    "scenario_dropped": _("从流程草稿 %(draft)s 删去场景：%(process)s"),
    "scenario_rerecorded": _("为流程草稿 %(draft)s 重新记录场景：%(process)s"),
    "scenario_left_out": _("流程草稿 %(draft)s 去掉一个场景：%(process)s"),
}
FACTS = {"name": _("名称"), "staff_no": _("工号"), "unit": _("单位"), "level": _("级别"), "area": _("地区代码"),
         "parent": _("上级单位"), "active": _("在用"), "channels": _("通知方式"), "digest": _("每日提要"),
         "subject": _("统一身份标识")}


def line(entry: JournalEntry, people: Mapping[int, str], offices: Mapping[int, str]) -> tuple[str, str]:
    """(what happened, what changed: before → after) of an entry of the system's journal."""
    details = json.loads(entry.details)
    if entry.kind in DEFINITIONS:
        return _of_a_process(entry.kind, details)
    words = {
        "who": people.get(details.get("user"), details.get("username", "")),
        "unit": offices.get(details.get("unit"), ""), "count": details.get("count", ""),
        "role": str(ROLE_NAMES.get(details.get("role"), details.get("role", ""))), "logins": details.get("logins", ""),
    }
    said = str(KINDS.get(entry.kind, entry.kind.replace("%", "%%"))) % words
    if "until" in details:
        return said, gettext("有效至 %(until)s", until=times.moment(datetime.fromisoformat(details["until"])))
    return said, _change(details.get("before"), details.get("after"), offices)


def _of_a_process(kind: str, details: Mapping[str, Any]) -> tuple[str, str]:
    number, reason = details.get("number", ""), details.get("reason")
    words = {"process": processes.title_of(details.get("process", "")), "draft": details.get("draft") or "",
             "number": number, "version": gettext("（第 %(number)s 版）", number=number) if number else ""}
    return str(DEFINITIONS[kind]) % words, gettext("理由：%(reason)s", reason=reason) if reason else ""


def _change(before: Any, after: Any, offices: Mapping[int, str]) -> str:
    if isinstance(after, list):
        return gettext("%(before)s → %(after)s", before=_posts(before, offices), after=_posts(after, offices))
    if not isinstance(after, dict):
        return ""
    before = before if isinstance(before, dict) else {}
    changed = [key for key in after if after[key] != before.get(key)]
    return gettext("；").join(
        f"{FACTS.get(key, key)} {_value(key, before.get(key), offices)} → {_value(key, after[key], offices)}"
        if before else f"{FACTS.get(key, key)} {_value(key, after[key], offices)}" for key in changed)


def _posts(posts: Any, offices: Mapping[int, str]) -> str:
    named = [f"{offices.get(unit, unit)} {ROLE_NAMES.get(role, role)}" for role, unit in posts or []]
    return gettext("、").join(named) or gettext("无")


def _value(key: str, value: Any, offices: Mapping[int, str]) -> str:
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if key in ("unit", "parent"):
        return offices.get(value, "—")
    return str(LEVELS.get(value, value)) if value else "—"
