"""The law broken in twelve ways in the designer: each is refused in plain words, with article and path."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from lxml import etree
from playwright.sync_api import expect

from caseflow.models import User, db, transaction
from caseflow.people.permissions import actor_for
from caseflow.workshop import drafts
from tests.caseflow.proof import (
    breaking,
    breaking_answers,
    breaking_forms,
    breaking_limits,
    breaking_powers,
    breaking_time,
    breaking_ways,
)
from tests.caseflow.proof.diagrams import DECLARED, PREFIXES, B, Diagram, Edit
from web.app import clock

STATE = "[data-findings-state]"
DI = f"{{{PREFIXES['bpmndi']}}}"
SHAPE = (f'<bpmndi:BPMNShape {DECLARED} id="{{0}}_shape" bpmnElement="{{0}}">'
         '<dc:Bounds x="180" y="90" width="36" height="36"/></bpmndi:BPMNShape>')
EDGE = (f'<bpmndi:BPMNEdge {DECLARED} id="{{0}}_edge" bpmnElement="{{0}}"><di:waypoint x="198" y="108"/>'
        '<di:waypoint x="260" y="108"/></bpmndi:BPMNEdge>')
KINDS: tuple[tuple[Callable[[Diagram], Iterator[Edit]], str, str, str], ...] = (
    # the kind, which of its edits, words that the designer reads, the article's own words
    (breaking_time.wait_before, "first_response", "内部会商", "在2个工作日内，先行联系"),
    (breaking_time.pause_before, "revisit", "等一等", "应在5个工作日内，采取电话、短信等途径"),
    (breaking.other_mark, "first_response_due: reminder", "没有到期会上报", "在2个工作日内，先行联系"),
    (breaking_limits.own_day, "rectify_due", "整改", "简单事项5个工作日内完成整改反馈"),
    (breaking_ways.only_for_level, "flow_by_outcome_handled", "整改并反馈", "简单事项5个工作日内完成整改反馈"),
    (breaking_forms.hide_field, "rectify.measures", "整改措施", "简单事项5个工作日内完成整改反馈"),
    (breaking_forms.extra_answer, "revisit.revisit_result", "无效", "确保回访率100%"),
    (breaking_forms.relabel, "revisit.revisit_result: unsatisfied as 另一种说法", "另一种说法", "确保回访率100%"),
    (breaking_answers.preset, "revisit.revisit_result: satisfied", "满意", "确保回访率100%"),
    (breaking_answers.other_question, "first_response.findings: 天气", "天气", "在2个工作日内，先行联系"),
    (breaking_answers.set_again, "revisit_result: revisit, rectify", "", "确保回访率100%"),
    (breaking_powers.free_channel, "first_response.contact_channel", "", "在2个工作日内，先行联系"),
)


@pytest.fixture
def draft(demo) -> int:
    """A draft of Guichi's rectification as it is deployed."""
    with demo.app.app_context(), transaction():
        return drafts.begin("guichi_rectification", _designer(), clock.now()).id


def _designer():
    return actor_for(db.session.query(User).where(User.username == "guichi.designer").one())


def drawn(operator: Callable[[Diagram], Iterator[Edit]], which: str) -> bytes:
    """The drawing after one edit of this kind, with what it added in a corner."""
    diagram = Diagram("guichi", "rectification", whole=True)
    for link in [*diagram.root.iter(f"{B}incoming", f"{B}outgoing")]:
        link.getparent().remove(link)
    edited = next(edited for what, edited in operator(diagram) if what.startswith(which))
    plane = next(edited.root.iter(f"{DI}BPMNPlane"))
    there = {part.get("bpmnElement") for part in plane}
    for node in edited.all("userTask", "intermediateCatchEvent", "boundaryEvent", "endEvent", "sequenceFlow"):
        if node.get("id") not in there:
            plane.append(etree.fromstring((EDGE if node.tag == f"{B}sequenceFlow" else SHAPE).format(node.get("id"))))
    return edited.source()


def test_each_kind_of_breach_is_refused_in_words_with_its_way_drawn(demo, desk, draft):
    person, seen = desk("guichi.designer"), []
    for number, (operator, which, said, law) in enumerate(KINDS, start=1):
        with demo.app.app_context(), transaction():
            drafts.save(draft, drawn(operator, which), number, _designer(), clock.now())
        person.page.goto(f"/workshop/drafts/{draft}/design")
        expect(person.page.locator("#designer")).to_have_attribute("data-ready", "yes")
        expect(person.page.locator(STATE)).to_contain_text("改好才能部署")
        rule = person.page.locator(".rule", has_text=law).filter(has_text=said).first
        expect(rule).to_contain_text("GC-2(二)")
        expect(rule.locator(".path-steps li").first).to_have_text("案件开始")
        expect(person.page.locator(".djs-element.broken-path").first).to_be_attached()
        seen.append(operator.__name__)
    assert len(set(seen)) == len(KINDS) >= 10
    person.look("一种违反")
    person.page.goto(f"/workshop/drafts/{draft}")
    expect(person.page.locator("main")).to_contain_text("不能部署")
    expect(person.page.get_by_role("button", name="提交审批")).to_have_count(0)
