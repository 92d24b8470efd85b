"""Every place where something can be done is reached with the Tab key alone, in the order of the page, and shows it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import STAFF
from tests.browser.desk import Desk

# What can be done in the page's main part, by number; of a group of radio buttons one takes the focus for all.
PLACES = """() => [...document.querySelectorAll(
  'main :is(a[href], button, input, select, textarea, summary, [tabindex="0"])')].filter(place =>
    !place.disabled && place.type !== 'hidden' && place.checkVisibility({ visibilityProperty: true })
    && !(place.type === 'radio' && document.querySelector(`main input[name="${place.name}"]:checked`) !== place
         && document.querySelector(`main input[name="${place.name}"]`) !== place))
  .map((place, number) => place.dataset.place = number)"""
FOCUSED = """() => { const place = document.activeElement, style = getComputedStyle(place);
  return [place.dataset.place ?? null, style.outlineStyle !== 'none' || style.boxShadow !== 'none',
          place.outerHTML.slice(0, 120)] }"""


def reached(desk: Desk) -> None:
    """Press Tab through the page: all that can be done in it is met once, in its order, and seen."""
    page = desk.page
    wanted, met = page.evaluate(PLACES), []
    assert wanted, page.url
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    page.locator("main").evaluate("main => { main.tabIndex = -1; main.focus() }")
    for _ in range(3 * len(wanted) + 20):
        page.keyboard.press("Tab")
        number, seen, html = page.evaluate(FOCUSED)
        if met and number == met[-1]:       # a field of several parts, such as a date
            continue
        if number is None or number in met:
            if met:
                break
            continue
        assert seen, f"{page.url}: nobody sees the focus on {html}"
        met.append(number)
    missing = [str(number) for number in wanted if str(number) not in met]
    shown = [page.locator(f'[data-place="{number}"]').first.evaluate("place => place.outerHTML.slice(0, 160)")
             for number in missing[:5]]
    assert missing == [], f"{page.url}: {shown}"
    assert met == sorted(met, key=int), f"{page.url}: out of order"


def test_the_board_and_a_handover_are_worked_with_the_keyboard_alone(desk):
    boss = desk("guichi.bureau.supervisor")
    page, keys = boss.page, boss.page.keyboard
    boss.go("督办看板")
    reached(boss)
    page.goto("/board/items?which=soon")
    reached(boss)
    page.locator("input[name=item]").first.focus()
    keys.press("Space")
    page.get_by_role("button", name="转办勾选的任务").focus()
    with boss.another_page():
        keys.press("Enter")
    expect(page.locator("main")).to_contain_text("共 1 项任务")
    reached(boss)
    page.locator("#target").focus()
    keys.press("ArrowDown")
    page.locator("#reason").focus()
    keys.insert_text("轮岗")
    page.get_by_role("button", name="预览").focus()
    with boss.another_page():
        keys.press("Enter")
    expect(boss.heading).to_have_text("转办预览")
    reached(boss)


def test_deadlines_absences_and_appeals_are_reached_with_the_keyboard_alone(desk, rated):
    boss = desk("guichi.bureau.supervisor")
    page = boss.page
    page.goto("/board/items?which=soon")
    boss.follow(page.locator("tbody a.number").first)
    boss.diagram_is_drawn()
    boss.follow(page.get_by_role("link", name="期限明细"))
    reached(boss)
    page.goto("/absences")
    reached(boss)
    staff, address = desk(STAFF), rated()
    staff.go("评价与申诉")
    reached(staff)
    staff.page.goto(address)
    reached(staff)
