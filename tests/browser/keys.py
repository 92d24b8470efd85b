"""The keyboard alone: to an element by Tab, and a key pressed there."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.desk import Desk


def tab_to(person: Desk, wanted: Locator) -> Locator:
    """Press Tab until the element has the focus, and see that a person can tell where it is."""
    expect(wanted).to_be_visible()
    for _ in range(60):
        person.page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            break
    expect(wanted).to_be_focused()
    assert wanted.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
    return wanted


def press(person: Desk, focused: Locator, key: str) -> None:
    expect(focused).to_be_focused()
    person.page.keyboard.press(key)


def reach(person: Desk) -> None:
    """Log on the page of a task that the rater was reached by telephone."""
    page = person.page
    press(person, tab_to(person, page.locator("#result")), "ArrowDown")
    with person.another_page():
        press(person, tab_to(person, page.get_by_role("button", name="记录这次联系")), "Enter")
