"""What else keeps a diagram from being deployed: how it loads, the offices it names, the scenarios it fails."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext

from web.sentences import scenarios
from web.sentences.filling import filled

_ = lazy_gettext

SENTENCES = {
    "no_single_process": _('请只保留一个可执行流程（isExecutable="true"），被它调用的流程除外。'),
    "engine_refused": _("流程引擎不接受这个图（%(reason)s）；请检查该元素的类型和连线。"),
    "unit_unknown": _("“%(name)s”的候选组中，单位 %(found)s 不在本办法的单位之列；可用：%(known)s。"),
    "role_unknown": _("“%(name)s”的候选组中，岗位 %(found)s 不存在；可用：%(known)s。"),
    "scenario_failed": _("场景“%(name)s”（%(key)s）没有通过：%(problem)s请改图；流程本来就要这样改的，请改这个场景。"),
}
OTHER_PROCESS = _("请把流程的标识（process id）设为 %(process_id)s，并勾选“可执行”。")


def sentence(code: str, facts: Mapping[str, object]) -> str:
    """What is wrong and what to do. Of a file with another process than the one wanted: which one is."""
    if "problem" in facts:
        facts = {**facts, "problem": scenarios.sentence(facts["problem"])}
    return filled(OTHER_PROCESS if "process_id" in facts else SENTENCES[code], facts)
