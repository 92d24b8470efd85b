"""One demo and one Chromium for each worker; a desk for each person. Every desk must end without a problem."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import time, timedelta
from itertools import count
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import func, select

from caseflow.cases import incidents
from caseflow.errors import StepFailed
from caseflow.install import random_people
from caseflow.law import regulations
from caseflow.models import Case, Rating, RoleAssignment, ServiceRecord, Unit, User, WorkItem, db, transaction
from caseflow.moments import SHANGHAI, day_of
from caseflow.ratings import intake
from tests.browser import chromium
from tests.browser.demo import Demo, running
from tests.browser.desk import PATIENCE, Desk
from web.app import clock

HERE = Path(__file__).parent
LATEST = time(23, 30)      # at which a test begins, by the demo's clock
FEWEST = 6      # tasks that nobody has taken, at the first office of each place
FIRST_STEPS = ("first_response", "assign", "verify")
STAFF = "qijiang.dept1.staff"
_numbers = count(1)
FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.machine_clock)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    report = yield
    if report.when == "call" and report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running(tmp_path_factory.mktemp("instance")) as demo:
        yield demo


@pytest.fixture(autouse=True)
def no_day_ends(demo: Demo) -> None:
    """No day ends within a test: what somebody works on there would become late under their hand."""
    with demo.app.app_context(), transaction():
        if clock.now().astimezone(SHANGHAI).time() > LATEST:
            clock.advance(60 * 60)


@pytest.fixture(autouse=True)
def enough_work(demo: Demo, no_day_ends: None) -> None:
    """The tests of a worker use the cases of its demo up: each begins with some that nobody has taken yet."""
    with demo.app.app_context(), transaction() as session:
        for key, place in regulations.all_regulations().items():
            office = place.responsible_units[0].code
            free = session.scalar(select(func.count(WorkItem.id)).join(Case).join(Unit, Unit.id == Case.unit_id).where(
                Case.regulation == key, Unit.code == office, WorkItem.status == "open", WorkItem.visit == 1,
                WorkItem.assignee_id.is_(None), WorkItem.element.in_(FIRST_STEPS)))
            if free < FEWEST:
                number = session.scalar(select(func.count(Rating.id)))
                lines = random_people.ratings(Random(number), place.areas[:1], [office], range(2 * FEWEST), clock.now())
                intake.receive([_numbered(line, place.areas[0]) for line in lines], "test", clock.now())


def _numbered(line: str, area: str) -> bytes:
    """With a business number as offices give them, for pages that are read in Chinese."""
    record = json.loads(line)
    return json.dumps(record | {"projectNo": f"{area}-{int(record['projectNo'][4:14], 16)}"}).encode()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with chromium.launched() as browser:
        yield browser


@pytest.fixture
def desk(demo: Demo, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Desk]]:
    """Make a desk; `desk("guichi.dept1.officer")` is signed in already. The name of the pictures is the test's."""
    desks: list[Desk] = []
    name = request.node.originalname.removeprefix("test_")

    def make(username: str = "", width: int = 1280) -> Desk:
        desks.append(Desk(browser, demo.url, name, width))
        return desks[-1].sign_in(username) if username else desks[-1]

    yield make
    if FAILED in request.node.stash:
        for desk in desks:
            desk.keep_what_is_seen()
    problems = [problem for desk in desks for problem in desk.problems]
    for desk in desks:
        desk.close()
    assert problems == []


@pytest.fixture
def officer_of(demo: Demo) -> Callable[[str], str]:
    """The account of the officer in the office that a case's rating is about."""
    def find(number: str) -> str:
        with demo.app.app_context():
            return db.session.scalar(
                select(User.username).join(RoleAssignment).join(Case, Case.unit_id == RoleAssignment.unit_id)
                .where(Case.number == number, RoleAssignment.role == "officer"))
    return find


@pytest.fixture
def in_ten_days(demo: Demo) -> str:
    """By the demo's clock, which other tests of this worker have moved forward."""
    with demo.app.app_context():
        return (clock.now() + timedelta(days=10)).date().isoformat()


@pytest.fixture
def today(demo: Demo) -> str:
    """The day in Shanghai by the same clock."""
    with demo.app.app_context():
        return day_of(clock.now()).isoformat()


@pytest.fixture
def colleague_of(demo: Demo) -> Callable[[str], str]:
    """A second person at somebody's post; the demo has one at each, so they are made when first asked for."""
    def make(username: str) -> str:
        with demo.app.app_context(), transaction() as session:
            if session.scalar(select(User.id).where(User.username == f"{username}.2")):
                return f"{username}.2"
            post = session.scalar(select(RoleAssignment).join(User).where(User.username == username))
            person = User(username=f"{username}.2", name="钱同事", password_hash="!", active=True, demo=True)
            person.roles = [RoleAssignment(unit_id=post.unit_id, role=post.role)]
            session.add(person)
            return person.username
    return make


@pytest.fixture
def case_with_contact(demo: Demo) -> tuple[str, str, str]:
    """A case of Guichi whose rater left a telephone number and that waits for its first contact: (case number, an
    officer who may see it, telephone)."""
    with demo.app.app_context():
        case = db.session.scalar(select(Case).join(Rating, Rating.id == Case.rating_id).join(
            WorkItem, WorkItem.case_id == Case.id).where(
            Case.regulation == "guichi", Rating.rater_phone.is_not(None), WorkItem.status == "open",
            WorkItem.element == "first_response", WorkItem.assignee_id.is_(None)).limit(1))
        officer = db.session.scalar(select(User.username).join(RoleAssignment).where(
            RoleAssignment.unit_id == case.unit_id, RoleAssignment.role == "officer").limit(1))
        return case.number, officer, case.rating.rater_phone


@pytest.fixture
def incident(demo: Demo) -> str:
    """The number of a case of Qijiang that the scheduler has given up."""
    with demo.app.app_context(), transaction() as session:
        case = session.scalar(select(Case).where(Case.regulation == "qijiang", ~Case.incident).limit(1))
        for _ in range(incidents.ATTEMPTS):
            incidents.record_failure(case.id, StepFailed(element="assign"), case.opened_at)
        return case.number


@pytest.fixture
def rated(demo) -> Callable[[], str]:
    """A new bad rating about the staff member; answers with the address of its page."""
    def make() -> str:
        with demo.app.app_context(), transaction():
            user = db.session.scalars(select(User).where(User.username == STAFF)).one()
            number, served = f"申诉-{next(_numbers)}", clock.now().astimezone(SHANGHAI) - timedelta(hours=3)
            line = {
                "areaCode": "500110000000", "projectNo": number, "serviceNumber": 1, "serviceName": "申报",
                "serviceTime": served.strftime("%Y-%m-%d %H:%M:%S"), "taskName": "食品经营许可", "taskCode": "1",
                "taskType": "01", "proStatus": "3", "orgcode": regulations.get("qijiang").responsible_units[0].code,
                "orgName": "区市场监管局", "proManager": user.name, "proManagerNo": user.staff_no, "satisfaction": "2",
                "evalDetail": "214", "pf": "1", "writingEvaluation": "窗口没有人理我", "userProp": "1",
                "assessTime": (served + timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S"), "anonymityFlag": "2",
                "userName": "卫建国", "mobile": "13900009029"}
            assert intake.receive([json.dumps(line).encode()], "test", clock.now())[0].status == "accepted"
            found = db.session.scalar(select(Rating.id).join(ServiceRecord).where(ServiceRecord.project_no == number))
        return f"/appeals/ratings/{found}"

    return make
