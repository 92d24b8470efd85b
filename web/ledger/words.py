"""The ledger's columns, as officers know them, and the words in its cells."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext, lazy_gettext

from caseflow.casefile import kinds
from caseflow.cases.ledger import LedgerFacts
from caseflow.models import Case, Rating
from caseflow.processes import deployed
from web.parts.sheet import Cell
from web.words import levels, places
from web.words.masks import mask_name, mask_phone
from web.words.statuses import status_name

REVISIT_RESULTS = {
    "satisfied": lazy_gettext("满意"), "unsatisfied": lazy_gettext("不满意"), "unreachable": lazy_gettext("未联系上"),
}


def _of_rating(value: Callable[[Rating], Cell]) -> Callable[[Case, LedgerFacts], Cell]:
    """A cell that stays empty when the case is about no rating."""
    return lambda case, facts: value(case.rating) if case.rating else None


COLUMNS: tuple[tuple[object, int, Callable[[Case, LedgerFacts], Cell]], ...] = (   # heading, width, value
    (lazy_gettext("编号"), 18, lambda case, facts: case.number),
    (lazy_gettext("地区"), 8, lambda case, facts: places.place(case.regulation)),
    (lazy_gettext("评价等级"), 12, _of_rating(lambda rating: levels.level_name(rating.level))),
    (lazy_gettext("计入统计的等级"), 14, lambda case, facts: counted_level(case, facts)),
    (lazy_gettext("评价内容"), 40, _of_rating(lambda rating: levels.said(rating))),
    (lazy_gettext("评价人"), 10, _of_rating(lambda rating: mask_name(rating.rater_name) or gettext("匿名"))),
    (lazy_gettext("联系电话"), 14, _of_rating(lambda rating: mask_phone(rating.rater_phone))),
    (lazy_gettext("评价时间"), 17, _of_rating(lambda rating: rating.rated_at)),
    (lazy_gettext("收到时间"), 17, _of_rating(lambda rating: rating.received_at)),
    (lazy_gettext("办件"), 26, _of_rating(lambda rating: rating.service.project_no)),
    (lazy_gettext("事项"), 26, lambda case, facts: kinds.titles([case])[case.id]),
    (lazy_gettext("承办单位"), 22, lambda case, facts: case.unit.name),
    (lazy_gettext("当前环节"), 20, lambda case, facts: case.step if case.status == "open" else ""),
    (lazy_gettext("状态"), 10, lambda case, facts: status_name(case.status)),
    (lazy_gettext("首次联系时间"), 17, lambda case, facts: facts.first_contact_at or not_yet(case)),
    (lazy_gettext("首次联系补记时间"), 17, lambda case, facts: facts.first_contact_added_at),
    (lazy_gettext("首次联系期限"), 17, lambda case, facts: facts.first_contact_due),
    (lazy_gettext("整改完成时间"), 17, lambda case, facts: facts.rectified_at),
    (lazy_gettext("复杂事项"), 10, lambda case, facts: is_planned(facts)),
    (lazy_gettext("整改计划"), 50, lambda case, facts: facts.planned and facts.planned.plan),
    (lazy_gettext("整改期限"), 17, lambda case, facts: facts.planned and facts.planned.limit),
    (lazy_gettext("按期整改"), 10, lambda case, facts: kept(facts)),
    (lazy_gettext("回访结果"), 10, lambda case, facts: revisit_result(facts)),
    (lazy_gettext("是否逾期"), 10, lambda case, facts: _yes_or_no(facts.late)),
    (lazy_gettext("办结时间"), 17, lambda case, facts: case.closed_at),
    (lazy_gettext("备注"), 24, lambda case, facts: gettext("办法期满后受理") if case.after_expiry else ""),
)


def counted_level(case: Case, facts: LedgerFacts) -> str:
    """With which level the rating counts: another than its own after 误评, none where it is not adopted."""
    if case.rating is None:
        return ""
    return levels.level_name(facts.level) if facts.level else gettext("不计入")


def counted_otherwise(case: Case, facts: LedgerFacts) -> str:
    """The same in a few words beside the rating's own level; "" where it counts with that."""
    if case.rating is None or facts.level == case.rating.level:
        return ""
    return gettext("以“%(level)s”计入统计", level=levels.level_name(facts.level)) if facts.level else gettext(
        "不计入统计")


def not_yet(case: Case) -> str:
    """Of a case whose kind speaks to the rater: that nobody has reached them."""
    return gettext("未联系") if kinds.of(case.kind).speaks_to_rater else ""


def is_planned(facts: LedgerFacts) -> str:
    """Whether the case stands in the ledger of complex matters; "" where the text keeps none."""
    return _yes_or_no(facts.planned is not None) if facts.keeps_plans else ""


def kept(facts: LedgerFacts) -> str:
    """Whether what was planned was done by its limit; "" while there is time."""
    return "" if facts.planned is None or facts.planned.kept is None else _yes_or_no(facts.planned.kept)


def _yes_or_no(answer: bool) -> str:
    return gettext("是") if answer else gettext("否")


def revisit_result(facts: LedgerFacts) -> str:
    """What the rater said at the last revisit: an answer that is known here in our words, another as its form has it;
    "" before there is one."""
    answered = facts.revisit
    if answered is None:
        return ""
    known = REVISIT_RESULTS.get(answered.value)
    return str(known) if known else deployed.choice_name(
        answered.definition, answered.element, answered.field, answered.value)
