"""A person at a screen: what they do by clicking and typing, and what must never be seen there."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, expect

ARTEFACTS = Path(__file__).parent.parent / "artefacts" / "browser"
PATIENCE = 60_000     # milliseconds; a condition that takes longer on the slowest machine has failed
FILES = re.compile(r"PDF|\.(png|pdf|txt)")    # kinds and ends of files are called so in Chinese too
FORMATS = {"PDF", "CSV", "csv", "xlsx", "UTF"}     # as people call their files
NUMBER = re.compile(r"[A-Z]+-[0-9-]+")
COMES = """async ([path, text, patience]) => {
  const end = performance.now() + patience;
  while (performance.now() < end) {
    if ((await (await fetch(path)).text()).includes(text)) return true;
    await new Promise((again) => setTimeout(again, 300));
  }
  return false;
}"""
# How a form says that the rater was reached → how the log calls it.
LOGGED = {"电话": "电话", "短信": "短信", "微信": "微信", "当面": "上门", "上门见面": "上门", "其他方式": "其他方式"}


class Desk:
    """One browser window with its own cookies. It writes down errors of the console, of scripts and of requests."""

    def __init__(self, browser: Browser, url: str, name: str, width: int = 1280) -> None:
        self.name, self.width, self.url = name, width, url
        self.context = browser.new_context(
            base_url=url, locale="zh-CN", timezone_id="Asia/Shanghai", accept_downloads=True,
            viewport={"width": width, "height": 844 if width < 600 else 900}, reduced_motion="reduce")
        self.context.set_default_timeout(PATIENCE)
        self.problems: list[str] = []
        self.refusals: set[int] = set()     # statuses that this test provokes on purpose
        self._pictures = itertools.count(1)
        self.page = self.watched(self.context.new_page())

    def watched(self, page: Page) -> Page:
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))
        page.on("response", self._on_response)
        return page

    def _on_console(self, message: ConsoleMessage) -> None:
        # the response itself is judged in _on_response
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.problems.append(f"{self.page.url}: {message.type}: {message.text}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.refusals:
            self.problems.append(f"{response.url}: {response.status}")

    def close(self) -> None:
        self.context.close()

    # --- who ----------------------------------------------------------------------------------------------------

    def sign_in(self, username: str) -> Desk:
        """One click on the person's name, as the demo's login page offers it."""
        self.page.goto("/login")
        button = self.page.locator(f'button[name=username][value="{username}"]')
        if not button.is_visible():
            self.page.locator("details", has=button).locator("summary").click()
        self.follow(button)
        expect(self.heading).to_have_text("我的待办")
        return self

    def sign_out(self) -> Desk:
        self.page.locator(".topbar .dropdown-toggle").click()
        self.follow(self.page.get_by_role("button", name="退出登录"))
        expect(self.page.get_by_role("heading", name="登录", exact=True)).to_be_visible()
        return self

    # --- where --------------------------------------------------------------------------------------------------

    @property
    def heading(self) -> Locator:
        return self.page.locator("main h1")

    @contextmanager
    def another_page(self) -> Iterator[None]:
        """What is done within leads to another page, or to the same one anew: at the end it is there, scripts and all.

        Whoever looks or types before that may still have the old page, which has the same fields and headings.
        """
        with self.page.expect_navigation():
            yield

    def follow(self, way: Locator) -> Desk:
        """Click a link or a button that leads to another page."""
        with self.another_page():
            way.click()
        return self

    def go(self, place: str) -> Desk:
        """Through the navigation, which is folded away on a telephone."""
        toggler = self.page.locator(".navbar-toggler")
        if toggler.is_visible() and toggler.get_attribute("aria-expanded") == "false":
            toggler.click()
        self.follow(self.page.locator("#menu").get_by_role("link", name=place))
        expect(self.heading).to_have_text(place)
        return self

    def first_case(self, task: str) -> str:
        """The number of the case at the top of the worklist in which this task waits for anybody."""
        self.go("我的待办")
        row = self.page.locator("tbody tr", has=self.page.get_by_role("link", name=task, exact=True))
        row = row.filter(has=self.page.get_by_role("button", name="签收"))
        return row.first.locator("a", has_text=NUMBER).inner_text()

    def open_task(self, number: str, task: str) -> Desk:
        """From the worklist, found by the case's number."""
        self.go("我的待办")
        self._search("#q", number)
        expect(self.page.locator("tbody tr")).to_have_count(1)
        self.follow(self.page.get_by_role("link", name=task, exact=True))
        expect(self.heading).to_contain_text(task)
        return self

    def open_case(self, number: str) -> Desk:
        """By its number in the header, as the clerk with the paper in hand does."""
        self._search("#search-number", number)
        expect(self.page).to_have_url(re.compile(f"/cases/{number}$"))
        self.diagram_is_drawn()
        return self

    def _search(self, field: str, text: str) -> None:
        self.page.locator(field).fill(text)
        with self.another_page():
            self.page.locator(field).press("Enter")

    def awaits(self, path: str, text: str) -> Desk:
        """Ask for that page again and again, without leaving this one, until the scheduler's work shows on it."""
        assert self.page.evaluate(COMES, [path, text, PATIENCE]), f"{path} never said {text}"
        return self

    def diagram_is_drawn(self) -> Locator:
        expect(self.page.locator("[data-diagram]")).to_have_attribute("data-drawn", "yes")
        expect(self.page.locator(".djs-container")).to_be_visible()
        return self.page.locator("[data-diagram]")

    # --- what ---------------------------------------------------------------------------------------------------

    def field(self, label: str) -> Locator:
        """The input, list or group of choices with this label."""
        exact = re.compile(rf"^\s*{re.escape(label)}\s*$")
        fields = self.page.locator(".task-form .task-field")
        group = fields.locator("fieldset").filter(has=self.page.locator("legend", has_text=exact))
        labelled = fields.filter(has=self.page.locator("label.form-label", has_text=exact))
        return group.or_(labelled.locator("input, select:not(.phrase-menu select), textarea"))

    def beside(self, label: str) -> Locator:
        """What is found fault with, beside the field of this label."""
        around = self.field(label).locator("xpath=ancestor::*[contains(@class, 'task-field')]")
        return around.locator(".invalid-feedback")

    def fill(self, answers: Mapping[str, str]) -> Desk:
        for label, value in answers.items():
            field = self.field(label)
            expect(field).to_be_visible()
            kind = field.evaluate("field => field.localName")
            if kind == "fieldset":
                field.get_by_role("radio", name=value, exact=True).check()
            elif kind == "select":
                field.select_option(label=value)
            else:
                field.fill(value)
        return self

    def submit(self) -> Desk:
        """Submit the form; an overdue task wants to know why it is late."""
        if self.page.locator("#late-reason").is_visible():
            self.page.fill("#late-reason", "等待评价人补充材料")
        return self.follow(self.page.get_by_role("button", name="提交", exact=True))

    def reaches(self, how: str) -> Desk:
        """Log on the page of a task that the rater was reached so."""
        self.page.locator("#channel").select_option(label=LOGGED[how])
        self.page.locator("#result").select_option(label="已联系上")
        return self.follow(self.page.get_by_role("button", name="记录这次联系"))

    def does(self, number: str, task: str, **answers: str) -> Desk:
        """Do a task from the worklist to its confirmation; every page on the way is looked at. A contact with the rater
        of which the form speaks is logged first."""
        self.open_task(number, task)
        for label, value in answers.items():
            if label.endswith("方式") and value in LOGGED:
                self.reaches(value)
        self.fill(answers)
        self.look(task).submit()
        expect(self.page.locator("#messages .alert-success")).to_contain_text(f"“{task}”已提交（{number}）")
        return self

    def keep_what_is_seen(self) -> None:
        """A picture of where a test failed."""
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"failed-{self.name}-{id(self)}.png", full_page=True)

    # --- what is seen -------------------------------------------------------------------------------------------

    def look(self, what: str) -> Desk:
        """Keep a picture of the page, and hold it to the rules of accessibility and of the telephone's width."""
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        file = f"{self.name}-{self.width}-{next(self._pictures):02}-{what}.jpg"     # a third less work than png
        self.page.screenshot(path=ARTEFACTS / file, full_page=True, animations="disabled")
        self.is_accessible()
        self.speaks_chinese()
        wider = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wider <= 0, f"{self.page.url} is {wider} px wider than the window"
        return self

    def speaks_chinese(self) -> None:
        """No word of another language, and no name of the code, on a page that is read in Chinese."""
        if self.page.locator("html[lang=zh-CN] nav.places").count():
            text = self.page.locator("main").inner_text()
            given = self.page.locator("main :is(bdi, code)").all_inner_texts()     # names that people gave, accounts
            for name in sorted(filter(None, given), key=len, reverse=True):
                text = text.replace(name, "")
            foreign = set(re.findall(r"[A-Za-z_]{3,}", FILES.sub("", NUMBER.sub("", text)))) - FORMATS
            assert not foreign, f"{self.page.url}: {foreign}"

    def is_accessible(self) -> None:
        """Nothing that axe calls a violation. Only those come back, and the page loads axe once: a third of the time."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(Axe().axe_script)
        found = AxeResults({"violations": self.page.evaluate(
            "axe.run({resultTypes: ['violations'], preload: false}).then(found => found.violations)")})
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
