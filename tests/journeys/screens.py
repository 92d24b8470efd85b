"""A case as those who work on it see it: they read pages, find a field by its label, and press what stands there.

Nothing is filled in that a test does not say, and nothing is logged that nobody logs: what the law wants done has to be
done, and what it forbids is tried and refused by the page.
"""

from __future__ import annotations

import io
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from uuid import uuid4

from lxml import html
from sqlalchemy import select
from werkzeug.test import TestResponse

from caseflow.models import Case, db, transaction
from caseflow.notices import outbox
from scheduler import jobs
from tests import ground
from tests.caseflow.samples import PNG
from tests.journeys.kit import Journey
from tests.web.desk import Desk, words

FOUND, DONE = "已核实，情况属实。", "已补办，并调整了窗口。"
CALLED, UNANSWERED = ("电话", "已联系上"), ("电话", "无人接听或未回复")
NOT_LOGGED = "里没有本环节以这种方式联系上评价人的记录"


def text_of(node: html.HtmlElement | None) -> str:
    return "" if node is None else " ".join(node.text_content().split())


def main_text(page: TestResponse) -> str:
    """What can be read on the page below its head, in one line."""
    main = html.fromstring(page.text).get_element_by_id("content")
    for drawn in main.xpath(".//script | .//template"):
        drawn.drop_tree()
    return text_of(main)


def with_class(node: html.HtmlElement, name: str) -> list[html.HtmlElement]:
    return node.xpath(f".//*[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]")


@dataclass(frozen=True)
class Question:
    """A field of a form as it stands on the page: how it is sent, what it offers (label → value), what is wrong."""

    name: str
    choices: dict[str, str]
    wrong: str

    def sent(self, answer: str) -> str:
        assert not self.choices or answer in self.choices, f"{answer} is not offered, only {', '.join(self.choices)}"
        return self.choices.get(answer, answer)


class Sheet:
    """The form of a task, read from its page."""

    def __init__(self, page: TestResponse, address: str = "") -> None:
        self.text, self.address = main_text(page), address
        self.root = html.fromstring(page.text)
        forms = with_class(self.root, "task-form")
        self.form = forms[0] if forms else None

    @property
    def questions(self) -> dict[str, Question]:
        """Label → question."""
        found = {}
        for part in with_class(self.form, "task-field"):
            label = part.xpath(".//legend | .//label[@for]")[0]
            inputs = part.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]")
            choices = {text_of(one.getparent()): one.get("value") for one in part.xpath(".//input[@type='radio']")}
            choices |= {text_of(one): one.get("value") for one in part.xpath(".//option[@value!='']")}
            wrong = text_of(next(iter(with_class(part, "invalid-feedback")), None))
            found[text_of(label)] = Question(inputs[0].get("name"), choices, wrong)
        return found

    @property
    def token(self) -> str:
        return self.form.xpath(".//input[@name='form_token']")[0].get("value")


class NextPage:
    """The page to which a form led; opened by whoever asks what it says."""

    def __init__(self, desk: Desk, address: str) -> None:
        self.desk, self.address = desk, address

    def __contains__(self, text: str) -> bool:
        return text in self.text

    @cached_property
    def text(self) -> str:
        return main_text(self.desk.opens(self.address))


class Person:
    """Somebody signed in, who works on one case."""

    def __init__(self, case: Journey, username: str) -> None:
        self.case, self.username = case, username
        self.number = case.case().number
        self._desk, self._since = None, case.now
        self._found: dict[str, str] = {}

    @property
    def desk(self) -> Desk:
        """Signed in; anew when some time has passed, for a login that is not used ends."""
        if self._desk is None or self.case.now > self._since + timedelta(minutes=10):
            self._desk, self._since = Desk(self.case.app, self.case.clock, self.username), self.case.now
        return self._desk

    # --- what they see --------------------------------------------------------------------------------------------

    def tasks(self) -> dict[str, str]:
        """What waits for them in this case, in their worklist: name → address."""
        page = html.fromstring(self.desk.opens("/work/", q=self.number).text)
        links = page.xpath("//tbody//td[@data-label='任务']/a")
        return {text_of(link): link.get("href") for link in links}

    def opens(self, task: str) -> Sheet:
        """The page of a task that waits for them, from the worklist, or again where they found it before."""
        for look_again in (False, True):
            if look_again or task not in self._found:
                self._found = self.tasks()
            assert task in self._found, f"{task} does not wait for {self.username}, only {list(self._found)}"
            sheet = Sheet(self.desk.opens(self._found[task]), self._found[task])
            if sheet.form is not None:
                break
        return sheet

    def reads(self) -> str:
        """The case page in one line; "" where there is none for them."""
        page = self.desk.opens(f"/cases/{self.number}")
        return main_text(page) if page.status_code == 200 else ""

    def rating_page(self) -> str:
        """The page of the rating, from which those rated appeal."""
        return main_text(self.desk.opens(f"/appeals/ratings/{self.case.case().rating_id}"))

    def ledger(self, **query: str) -> dict[str, str]:
        """The case's row in the ledger: heading → cell; empty when it is not there."""
        page = html.fromstring(self.desk.opens("/ledger/", q=self.number, **query).text)
        rows = page.xpath(f"//tbody/tr[.//a[normalize-space()='{self.number}']]")
        return {cell.get("data-label"): text_of(cell) for cell in rows[0].xpath("./td")} if rows else {}

    def board(self, figure: str) -> str:
        """What stands behind this figure of the supervisors' board."""
        page = html.fromstring(self.desk.opens("/board/").text)
        [way] = {one.get("href") for one in page.xpath("//main//a") if text_of(one).endswith(figure)}
        return main_text(self.desk.browser.get(way))

    def inbox(self) -> str:
        """Their notices, once what waits has been delivered."""
        self.case._fire()
        return main_text(self.desk.opens("/notices/"))

    # --- what they do ---------------------------------------------------------------------------------------------

    def does(self, task: str, **answers: str) -> NextPage:
        """Fill in the form by its labels and send it; where that leads. The next thing happens later."""
        answer = self._send(task, answers)
        assert answer.status_code == 302, Sheet(answer).text if answer.status_code < 500 else answer.status_code
        self.case.clock.advance(minutes=5)
        return NextPage(self.desk, answer.location)

    def refused(self, task: str, **answers: str) -> str:
        """Send the form, which is not taken; why, in the words of the page: field by field, else above the form."""
        before = self.case.done()
        answer = self._send(task, answers)
        assert answer.status_code in (403, 409, 422), answer.status_code
        assert self.case.done() == before
        sheet = Sheet(answer)
        wrong = [] if sheet.form is None else [one.wrong for one in sheet.questions.values() if one.wrong]
        return " ".join(wrong or [text_of(one) for one in with_class(sheet.root, "alert")])

    def _send(self, task: str, answers: dict[str, str]) -> TestResponse:
        sheet = self.opens(task)
        assert sheet.form is not None, f"no form: {sheet.text}"
        asked = sheet.questions
        assert set(answers) <= set(asked), f"not asked: {set(answers) - set(asked)}"
        fields = {asked[label].name: asked[label].sent(answer) for label, answer in answers.items()}
        return self.desk.sends(sheet.address, fields | {"form_token": sheet.token})

    def insists(self, task: str, **fields: str) -> str:
        """Send what the form does not offer, field id → value, as somebody does who goes past it; why it is refused."""
        sheet, before = self.opens(task), self.case.done()
        answer = self.desk.sends(sheet.address, {f"f-{key}": one for key, one in fields.items()} | {
            "form_token": sheet.token})
        assert answer.status_code == 422 and self.case.done() == before
        return " ".join(one.wrong for one in Sheet(answer).questions.values() if one.wrong)

    def logs(self, channel: str, result: str, note: str = "") -> None:
        """Log an attempt to reach the rater, on the case page, as made now; labels as they stand there. The next thing
        happens later."""
        page = html.fromstring(self.desk.opens(f"/cases/{self.number}").text)
        form = page.xpath("//form[contains(@action, '/contacts')]")[0]
        fields = {one.get("name"): one.get("value") for one in form.xpath(".//input[@name]")} | {"note": note}
        for name, label in (("channel", channel), ("result", result)):
            [option] = form.xpath(f".//select[@name='{name}']/option[normalize-space()='{label}']")
            fields[name] = option.get("value")
        answer = self.desk.sends(form.get("action"), fields)
        assert answer.status_code == 302, words(answer)
        self.case.clock.advance(minutes=5)

    def reveals(self, reason: str) -> TestResponse:
        """Ask to be shown how to reach the rater."""
        return self.desk.sends(f"/cases/{self.number}/contact", {"reason": reason, "back": f"/cases/{self.number}"})

    def sends_back(self, reason: str) -> None:
        """Say that the case is not their office's (不属于本单位)."""
        answer = self.desk.sends(f"/cases/{self.number}/dispatch/refuse", {"reason": reason})
        assert answer.status_code == 302, words(answer)

    def transfers(self, office: str, reason: str) -> None:
        """Decide about what was sent back: it goes to the office of this name (改转)."""
        address = f"/cases/{self.number}/dispatch/"
        page = html.fromstring(self.desk.opens(address).text)
        form = page.xpath("//form[contains(@action, '/decide')]")[0]
        [unit] = form.xpath(f".//select[@name='unit']/option[normalize-space()='{office}']/@value")
        answer = self.desk.sends(form.get("action"), {
            "refusal": form.xpath(".//input[@name='refusal']")[0].get("value"), "decision": "transferred", "unit": unit,
            "reason": reason})
        assert answer.status_code == 302, words(answer)

    def appeals(self, ground: str, statement: str = "评价人把另一窗口的事记在了这里，录像可以证明。") -> Screens:
        """File an appeal with evidence on the page of the rating; its own case."""
        address = f"/appeals/ratings/{self.case.case().rating_id}"
        page = self.desk.opens(address)
        grounds = {text_of(one.getparent()): one.get("value")
                   for one in html.fromstring(page.text).xpath("//input[@name='ground']")}
        chosen = [value for label, value in grounds.items() if label.startswith(ground)]
        assert chosen, f"{ground} is not offered: {words(page)}"
        answer = self.desk.sends(address, {"ground": chosen[0], "statement": statement, "form_token": uuid4().hex,
                                           "evidence": (io.BytesIO(PNG), "录像截图.png")})
        assert answer.status_code == 302, words(answer)
        return self.case.numbered(words(self.desk.opens(answer.location)))


def heard(reviewer: Person) -> Person:
    """The rater is asked before anybody decides, and stands by what they said."""
    reviewer.logs(*CALLED)
    sheet = reviewer.opens("听取评价人意见").questions
    words_of = next(label for label in sheet if label.startswith("评价人的说明"))
    newest = {"评价人的最新评价": "不满意"} if "评价人的最新评价" in sheet else {}
    reviewer.does("听取评价人意见", 评价人的答复="坚持原评价", 联系方式="电话", **{words_of: "等了两个小时。"},
                  **newest)
    return reviewer


class Screens(Journey):
    """One bad review of one place, worked on by people at screens."""

    def by(self, username: str) -> Person:
        """The person at this desk; `username` without the place: "dept1.officer"."""
        return Person(self, f"{self.regulation.key}.{username}")

    def joined(self, username: str, *posts: tuple[str, str]) -> Person:
        """Somebody new, with these posts (role, key of the office; "responsible" is that of the case)."""
        with self.app.app_context():
            units = {key: db.session.get(Case, self.case_id).unit_id if key == "responsible" else ground.unit(
                self.regulation.key, key).id for _, key in posts}
            ground.newcomer(username, *((role, units[key]) for role, key in posts))
        return Person(self, username)

    def _fire(self) -> None:
        """The scheduler does all its work."""
        super()._fire()
        with self.app.app_context():
            if jobs.remind():
                with transaction():
                    outbox.deliver_waiting(self.now)
        self._forget()

    def numbered(self, text: str) -> Screens:
        """The case whose number stands in this text."""
        with self.app.app_context():
            [found] = {case.id for case in db.session.scalars(select(Case)) if case.number in text.split()}
        other = copy(self)
        other.case_id = found
        return other
