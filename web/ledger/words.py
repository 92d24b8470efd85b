"""The ledger's columns, as officers know them, and the words in its cells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask_babel import gettext, lazy_gettext

from caseflow.cases.ledger import LedgerFacts
from caseflow.models import Case
from web.words import levels, places
from web.words.masks import mask_name, mask_phone
from web.words.statuses import status_name

REVISIT_RESULTS = {
    "satisfied": lazy_gettext("满意"), "unsatisfied": lazy_gettext("不满意"), "unreachable": lazy_gettext("未联系上"),
}
Cell = str | int | datetime | None

COLUMNS: tuple[tuple[object, int, Callable[[Case, LedgerFacts], Cell]], ...] = (   # heading, width, value
    (lazy_gettext("编号"), 18, lambda case, facts: case.number),
    (lazy_gettext("地区"), 8, lambda case, facts: places.place(case.regulation)),
    (lazy_gettext("评价等级"), 12, lambda case, facts: levels.level_name(case.rating.level)),
    (lazy_gettext("评价内容"), 40, lambda case, facts: _said(case)),
    (lazy_gettext("评价人"), 10, lambda case, facts: mask_name(case.rating.rater_name) or gettext("匿名")),
    (lazy_gettext("联系电话"), 14, lambda case, facts: mask_phone(case.rating.rater_phone)),
    (lazy_gettext("评价时间"), 17, lambda case, facts: case.rating.rated_at),
    (lazy_gettext("收到时间"), 17, lambda case, facts: case.rating.received_at),
    (lazy_gettext("办件"), 26, lambda case, facts: case.rating.service.project_no),
    (lazy_gettext("事项"), 26, lambda case, facts: case.rating.service.task_name),
    (lazy_gettext("承办单位"), 22, lambda case, facts: case.unit.name),
    (lazy_gettext("当前环节"), 20, lambda case, facts: case.step if case.status == "open" else ""),
    (lazy_gettext("状态"), 10, lambda case, facts: status_name(case.status)),
    (lazy_gettext("首次联系时间"), 17, lambda case, facts: facts.first_contact_at),
    (lazy_gettext("首次联系期限"), 17, lambda case, facts: facts.first_contact_due),
    (lazy_gettext("整改完成时间"), 17, lambda case, facts: facts.rectified_at),
    (lazy_gettext("回访结果"), 10, lambda case, facts: _revisit(facts)),
    (lazy_gettext("是否逾期"), 10, lambda case, facts: gettext("是") if facts.late else gettext("否")),
    (lazy_gettext("办结时间"), 17, lambda case, facts: case.closed_at),
    (lazy_gettext("备注"), 24, lambda case, facts: gettext("办法期满后受理") if case.after_expiry else ""),
)


def _said(case: Case) -> str:
    """The words of the chosen details, then the rater's own."""
    words = [words or code for code, words in levels.details(case.rating.detail_codes or "")]
    return gettext("；").join(filter(None, [*words, case.rating.text]))


def _revisit(facts: LedgerFacts) -> str:
    return str(REVISIT_RESULTS.get(facts.revisit_result or "", facts.revisit_result or ""))
