"""Why a case cannot go on under another version of its process."""

from __future__ import annotations

from flask_babel import lazy_gettext

from web.sentences.filling import filled

_ = lazy_gettext

SENTENCES = {
    "ended": _("案件已经办结，不需要迁移。"),
    "gone": _("案件停在“%(name)s”，新版本没有这一步；请让案件在原版本办完，或办过这一步再迁移。"),
    "kind": _("案件停在“%(name)s”，新版本里它换了类型；请让案件在原版本办完。"),
    "moved": _("案件停在“%(name)s”，新版本把它移进或移出了子流程；请让案件在原版本办完。"),
    "called": _("“%(name)s”在新版本里调用另一个流程；请让案件在原版本办完。"),
    "message": _("“%(name)s”在新版本里等待另一个消息；请让案件在原版本办完。"),
    "branches": _("案件停在“%(name)s”，新版本的并行分支与走过的不一致，合并时会一直等待或重复；请让案件在原版本办完。"),
    "outcome": _("案件已走到“%(name)s”，新版本没有这个结束；请让案件在原版本办完。"),
    "values": _("案件里“%(name)s”已填的内容在新版本里不能用；请让案件在原版本办完。"),
    "unasked": _("新版本以后要用“%(name)s”，填写它的步骤案件已经走过；请让案件在原版本办完。"),
    "visits": _("“%(name)s”办过的次数有法定限制，新版本没有这一步，会重新计算；请让案件在原版本办完。"),
    "deadline": _("“%(name)s”的新期限现在算不出来；请让案件在原版本办完。"),
    "choice": _("“%(name)s”的期限规则有变化；请选择保留原来的期限，或者按新规则重新计算。"),
    "stopped": _("“%(name)s”正在中止计时，不能重新计算；请先恢复计时，或者选择保留。"),
    "state": _("新版本读不了这个案件的状态；请让案件在原版本办完。"),
}


def sentence(code: str, name: str) -> str:
    """What does not fit and what to do. `name` is that of the step or field."""
    return filled(SENTENCES[code], {"name": name})
