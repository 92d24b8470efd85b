"""The case page: the diagram and the same in words, why a deadline is when it is, and the rater's contact."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk

MARKED = """place => [...place.querySelectorAll('.djs-element')].map((drawn) => {
  const found = /step-(done|current)/.exec(drawn.getAttribute('class'));
  const business = place.diagram.get('elementRegistry').get(drawn.dataset.elementId).businessObject;
  return found && business.name ? `${found[1]} ${business.name.replace(/\\s/g, '')}` : '';
}).filter(Boolean).sort()"""
OUTLINED = """list => [...list.querySelectorAll('li')].map((step) => {
  if (step.querySelector(':scope > ol')) return '';
  const found = /state-(done|current)/.exec(step.className);
  return found ? `${found[1]} ${step.querySelector('.step-name').textContent.replace(/\\s/g, '')}` : '';
}).filter(Boolean).sort()"""


@pytest.fixture
def handled(desk) -> Desk:
    """Somebody before the page of a case whose first task is done and whose second one is open."""
    person = desk("guichi.dept1.officer")
    number = person.first_case("联系并核实")
    person.open_task(number, "联系并核实")
    person.reaches("电话").fill({"核实结果": "确有问题，较为复杂", "联系方式": "电话", "核实情况": "属实。"}).submit()
    expect(person.heading).to_have_text("建立台账")
    return person.open_case(number)


def test_the_diagram_shows_where_the_case_stands_and_the_outline_says_the_same(handled):
    page, place = handled.page, handled.diagram_is_drawn()
    place.scroll_into_view_if_needed()
    for state, name in (("done", "first_response"), ("current", "open_ledger")):
        expect(place.locator(f".step-{state}[data-element-id={name}]")).to_be_in_viewport()
    expect(place.locator(".bjs-powered-by")).to_be_visible()
    page.get_by_text("流程环节（文字）").click()
    outlined = page.locator("ol.outline").first.evaluate(OUTLINED)
    assert "current 建立台账" in outlined
    assert place.evaluate(MARKED) == outlined
    handled.look("办理中的案件")


def test_the_diagram_is_made_larger_and_fitted_by_buttons(handled):
    step = handled.diagram_is_drawn().locator(".step-current .djs-visual").first
    tools = handled.page.get_by_role("group", name="流程图的大小")
    at_first = step.bounding_box()["width"]
    tools.get_by_role("button", name="放大").click()
    assert step.bounding_box()["width"] > at_first
    tools.get_by_role("button", name="适应").click()
    assert step.bounding_box()["width"] == pytest.approx(at_first, rel=0.01)


def test_on_a_telephone_the_diagram_opens_at_the_current_step(handled):
    handled.page.set_viewport_size({"width": 390, "height": 844})
    handled.page.reload()
    step = handled.diagram_is_drawn().locator(".step-current .djs-visual").first
    step.scroll_into_view_if_needed()
    expect(step).to_be_in_viewport()
    assert step.bounding_box()["width"] > 60
    handled.width = 390
    handled.look("办理中的案件")


def test_a_deadline_explains_itself_day_by_day(handled):
    why = handled.page.locator("details.why").first
    expect(why.locator("ol")).to_be_hidden()
    why.get_by_text("为什么是这个时间").click()
    expect(why.locator("ol")).to_be_visible()
    assert why.locator("li").count() >= 5
    expect(why.locator("li").last).to_contain_text("第5个工作日")
    handled.look("为什么是这个时间")


def test_the_raters_contact_is_shown_for_a_reason_that_is_recorded(desk, case_with_contact):
    number, username, phone = case_with_contact
    person = desk(username).open_case(number)
    expect(person.page.locator("#contact")).not_to_contain_text(phone)
    person.page.get_by_text("查看联系方式").click()
    person.page.get_by_label("理由").fill("电话核实情况")
    person.look("填写查看理由")
    person.page.get_by_role("button", name="查看", exact=True).click()
    expect(person.page.locator("#contact")).to_contain_text(phone)
    person.look("评价人的联系方式")
    person.page.reload()
    expect(person.page.locator("#contact")).not_to_contain_text(phone)
    expect(person.page.locator(".history")).to_contain_text("查看了评价人的联系方式，理由：电话核实情况")
