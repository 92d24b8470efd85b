"""Messages leave by e-mail, SMS and chat: to real receivers on loopback, through the jobs of the scheduler."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from caseflow.errors import Conflict, NotFound, PermissionDenied
from caseflow.health import doctor, figures
from caseflow.models import Case, Delivery, Notice, db, transaction
from caseflow.notices import channels as notices_channels
from caseflow.notices import deliveries, outbox
from caseflow.people import accounts
from scheduler import side_jobs
from tests import receivers
from tests.conftest import MONDAY_MORNING
from tests.ground import at_once, colleague, open_item, person
from tests.journeys.kit import Journey
from web.app import outgoing
from web.sentences.complaints import sentence

pytestmark = pytest.mark.both_databases
NIGHT = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)       # 23:30 in Shanghai
WORDS_OF_RATER = ("卫建国", "13900009029", "等了两个小时")


@pytest.fixture
def mail():
    with receivers.mail_server() as caught:
        yield caught


@pytest.fixture
def sms():
    with receivers.gateway() as caught:
        yield caught


@pytest.fixture
def guichi(installed, app, clock, session, mail, sms):
    """The first department's officer wants e-mail and SMS; a bad review has come in and its notices are delivered."""
    app.config["CASEFLOW"] = replace(
        app.config["CASEFLOW"], smtp_host="127.0.0.1", smtp_port=mail.port, smtp_security="none",
        smtp_from="caseflow@example.cn", sms_url=f"http://127.0.0.1:{sms.port}/send?app=1", sms_token="t0ken-t0ken",
        sms_secret="s3cret", channel_timeout=15, public_url="https://hcp.example.cn/")
    choose("guichi.dept1.officer", email="officer@example.cn", phone="13800000001", channels=("email", "sms"))
    journey = Journey(app, clock, "guichi").bad_review()
    side_jobs.deliver_notices()
    return journey


def choose(username, *, email="", phone="", channels=(), digest=False, now=MONDAY_MORNING):
    with transaction():
        profile = accounts.profile_of(accounts.find(username))
        deliveries.choose(profile, now, person(username), channels=channels, digest=digest,
                          addresses={"email": email, "phone": phone, "chat": ""})


def rows(channel=None):
    db.session.rollback()
    query = select(Delivery).order_by(Delivery.id)
    return list(db.session.scalars(query.where(Delivery.channel == channel) if channel else query))


# --- what leaves --------------------------------------------------------------------------------------------------


def test_a_notice_leaves_by_each_channel_that_its_reader_chose_and_to_nobody_else(guichi, mail, sms):
    told = [row.kind for row in rows("email")]
    assert told and told == [row.kind for row in rows("sms")]
    assert side_jobs.send_deliveries() == 2 * len(told) and side_jobs.send_deliveries() == 0
    assert {str(letter["To"]) for letter in mail.arrived} == {"officer@example.cn"}
    assert len(mail.arrived) == len(sms.arrived) == len(told)
    assert {row.status for row in rows()} == {"sent"}


def test_a_notice_for_one_person_leaves_to_that_person_alone(guichi, mail):
    side_jobs.send_deliveries()
    before = len(mail.arrived)
    item = open_item(guichi.case_id)
    colleague(item, "helper")
    choose("helper", email="helper@example.cn", channels=("email",))
    with transaction():
        outbox.send("one", "delegated", case=db.session.get(Case, guichi.case_id), unit_id=item.unit_id,
                     role="officer", user_id=person("helper").user_id, details={"name": "联系并核实"}, now=guichi.now)
    side_jobs.deliver_notices()
    side_jobs.send_deliveries()
    assert [str(letter["To"]) for letter in mail.arrived[before:]] == ["helper@example.cn"]
    assert "同事委托您办理" in mail.arrived[-1]["Subject"]


def test_a_message_says_the_case_and_nothing_of_the_rater(guichi, mail, sms):
    side_jobs.send_deliveries()
    number = guichi.case().number
    for said in (*(f"{letter['Subject']}\n{letter.get_content()}" for letter in mail.arrived),
                 *(request.body.decode() for request in sms.arrived)):
        assert number in said and not any(word in said for word in WORDS_OF_RATER)
    assert f"https://hcp.example.cn/cases/{number}" in mail.arrived[0].get_content()
    assert json.loads(sms.arrived[0].body)["text"].startswith("【好差评办理】")


def test_a_message_is_in_the_language_of_its_reader(guichi, mail):
    with transaction():
        accounts.find("guichi.dept1.officer").locale = "en"
    side_jobs.send_deliveries()
    assert "Please sign in" in mail.arrived[0].get_content() and "请登录" not in mail.arrived[0].get_content()


def test_a_gateway_can_tell_who_sends_and_knows_a_message_again(guichi, sms):
    sms.answers = [503, 200]
    side_jobs.send_deliveries()
    guichi.clock.advance(minutes=1)
    side_jobs.send_deliveries()
    first, again = sms.arrived[0], next(one for one in sms.arrived[1:]
                                        if one.headers["Idempotency-Key"] == sms.arrived[0].headers["Idempotency-Key"])
    assert again.body == first.body and first.path == "/send?app=1"
    assert first.headers["Authorization"] == "Bearer t0ken-t0ken"
    signed = hmac.new(b"s3cret", first.headers["X-Caseflow-Timestamp"].encode() + b"." + first.body, hashlib.sha256)
    assert first.headers["X-Caseflow-Signature"] == f"sha256={signed.hexdigest()}"
    assert json.loads(first.body)["id"] == first.headers["Idempotency-Key"]


# --- what goes wrong ----------------------------------------------------------------------------------------------


def test_one_channels_failure_repeats_nothing_of_another(guichi, mail, sms):
    sms.answers = [500]
    side_jobs.send_deliveries()
    letters = len(mail.arrived)
    guichi.clock.advance(minutes=1)
    side_jobs.send_deliveries()
    assert len(mail.arrived) == letters and len(sms.arrived) == 2 * letters
    assert {row.status for row in rows("email")} == {"sent"} and {row.status for row in rows("sms")} == {"waiting"}


def test_the_pauses_grow_and_in_the_end_it_is_given_up(guichi, sms):
    sms.answers = [500]
    pauses = []
    for _ in range(len(deliveries.PAUSES)):
        side_jobs.send_deliveries()
        pauses.append(rows("sms")[0].next_try - guichi.now)
        guichi.clock.set(rows("sms")[0].next_try)
    assert pauses[:4] == list(deliveries.PAUSES[:4]) and pauses == sorted(pauses)
    side_jobs.send_deliveries()
    row = rows("sms")[0]
    assert (row.status, row.attempts, row.problem) == ("dead", len(deliveries.PAUSES) + 1, "HTTP 500")


@pytest.mark.parametrize(("answer", "status"), [(400, "dead"), (404, "dead"), ((302, "http://127.0.0.1:1/"), "dead"),
                                                (429, "waiting"), (500, "waiting"), (204, "sent")])
def test_a_refusal_is_final_and_a_fault_is_not(guichi, sms, answer, status):
    sms.answers = [answer]
    side_jobs.send_deliveries()
    assert {row.status for row in rows("sms")} == {status}
    assert {request.path for request in sms.arrived} == {"/send?app=1"}


def test_a_redirect_is_not_followed_to_another_host(guichi, sms):
    with receivers.gateway() as inner:
        sms.answers = [(307, f"http://127.0.0.1:{inner.port}/metadata")]
        side_jobs.send_deliveries()
        assert inner.arrived == []


def test_a_server_that_is_silent_or_not_there_is_tried_again_later(guichi, app):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        app.config["CASEFLOW"] = replace(app.config["CASEFLOW"], smtp_port=port, sms_url="http://127.0.0.1:1/",
                                         channel_timeout=1)
        with transaction():
            for row in rows()[2:]:
                db.session.delete(row)
        side_jobs.send_deliveries()
    assert {(row.status, row.attempts) for row in rows()} == {("waiting", 1)}
    assert all(row.problem for row in rows())


@pytest.mark.parametrize(("answer", "status"), [("550 no such user", "dead"), ("451 later", "waiting")])
def test_a_mail_server_that_refuses_for_good_is_believed(guichi, mail, answer, status):
    mail.answers = [answer]
    side_jobs.send_deliveries()
    assert {(row.status, row.problem) for row in rows("email")} == {(status, f"SMTP {answer}")}


def test_whoever_left_or_chose_otherwise_is_not_written_to(guichi, mail, sms):
    choose("guichi.dept1.officer", email="officer@example.cn", channels=("email",))
    side_jobs.send_deliveries()
    assert mail.arrived and sms.arrived == [] and {row.status for row in rows("sms")} == {"dropped"}


def test_two_senders_at_once_send_each_message_once(guichi, app, mail, sms):
    expected = len(rows("email"))
    at_once(app, side_jobs.send_deliveries, side_jobs.send_deliveries)
    assert (len(mail.arrived), len(sms.arrived)) == (expected, expected)


def test_no_transaction_is_open_while_a_message_leaves(guichi, app, monkeypatch):
    open_then = []

    def send(one, now):
        open_then.append(db.session.registry().in_transaction())
        return notices_channels.Outcome("sent")

    monkeypatch.setattr(outgoing, "send", send)
    side_jobs.send_deliveries()
    assert open_then and not any(open_then)


def test_a_sender_that_died_lets_go_and_its_late_answer_changes_nothing(guichi):
    rules = outgoing.rules()
    with transaction():
        lost = deliveries.claim(rules, guichi.now, 1)[0]
    side_jobs.send_deliveries()
    guichi.clock.advance(minutes=10)
    with transaction():
        again = deliveries.claim(rules, guichi.now, 1)[0]
    assert (again.id, again.key, again.attempt) == (lost.id, lost.key, 2)
    with transaction():
        deliveries.record(lost, notices_channels.Outcome("dead", "late"), rules, guichi.now)
    assert rows()[0].status == "waiting"


# --- dead letters -------------------------------------------------------------------------------------------------


def test_what_was_given_up_is_sent_again_with_the_same_key(guichi, sms):
    sms.answers = [400]
    side_jobs.send_deliveries()
    dead, user = deliveries.dead_letters(person("guichi.admin"))[0]
    number, key = dead.id, dead.key
    assert user.username == "guichi.dept1.officer"
    assert deliveries.dead_letters(person("hainan.admin")) == []
    for username, refusal in (("guichi.security", PermissionDenied), ("hainan.admin", NotFound)):
        with pytest.raises(refusal), transaction():
            deliveries.resend(number, person(username), guichi.now)
    sms.answers, sms.arrived = [], []
    with transaction():
        deliveries.resend(number, person("guichi.admin"), guichi.now)
    with pytest.raises(Conflict), transaction():
        deliveries.resend(number, person("guichi.admin"), guichi.now)
    side_jobs.send_deliveries()
    assert [request.headers["Idempotency-Key"] for request in sms.arrived] == [key]
    assert db.session.get(Delivery, number, populate_existing=True).status == "sent"


def test_what_was_given_up_is_complained_of_until_it_is_put_aside(guichi, sms):
    sms.answers = [400]
    side_jobs.send_deliveries()
    db.session.rollback()
    complaint, = doctor.dead_deliveries(guichi.now)
    assert (complaint.code, complaint.subject) == ("dead_delivery", "sms")
    assert "1 条短信没有送达" in sentence(complaint.code, complaint.facts)
    assert figures.read(guichi.now).dead_deliveries == {"email": 0, "sms": 1, "chat": 0}
    number = deliveries.dead_letters(person("guichi.admin"))[0][0].id
    for username, refusal in (("guichi.security", PermissionDenied), ("hainan.admin", NotFound)):
        with pytest.raises(refusal), transaction():
            deliveries.put_aside(number, person(username), guichi.now)
    with transaction():
        deliveries.put_aside(number, person("guichi.admin"), guichi.now)
    with pytest.raises(Conflict), transaction():
        deliveries.put_aside(number, person("guichi.admin"), guichi.now)
    assert list(doctor.dead_deliveries(guichi.now)) == [] and deliveries.dead_letters(person("guichi.admin")) == []


# --- when ---------------------------------------------------------------------------------------------------------


def test_what_happens_at_night_leaves_in_the_morning(guichi, sms):
    with transaction():
        db.session.query(Delivery).delete()
        deliveries.plan(db.session.scalars(select(Notice)).all(), outgoing.rules(), NIGHT)
    guichi.clock.set(NIGHT)
    assert side_jobs.send_deliveries() == 0
    guichi.clock.set(NIGHT + timedelta(hours=8, minutes=30))       # 08:00
    assert side_jobs.send_deliveries() > 0


@pytest.mark.parametrize("night", [NIGHT, NIGHT + timedelta(hours=5)])
def test_deadline_alarms_may_leave_at_night_where_that_is_wanted(guichi, night):
    quiet = outgoing.rules()
    assert quiet.moment(night, "overdue") > night
    awake = replace(quiet, alarms_at_night=True)
    assert awake.moment(night, "overdue") == night and awake.moment(night, "task_waiting") > night
    assert quiet.moment(MONDAY_MORNING) == MONDAY_MORNING
    never = replace(quiet, quiet_from=quiet.quiet_to)
    assert never.moment(night) == night


# --- the digest ---------------------------------------------------------------------------------------------------


def at(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)      # of Shanghai


def digests():
    side_jobs.make_digests()
    return [json.loads(row.details) for row in rows() if row.kind == "digest"]


@pytest.fixture
def reader(guichi):
    choose("guichi.dept1.officer", email="officer@example.cn", phone="13800000001", channels=("email", "sms"),
           digest=True)
    return guichi


def test_a_digest_comes_once_before_work_on_a_working_day(reader, mail):
    for moment, count in ((at(3, 7, 59), 0), (at(3, 8), 1), (at(3, 8, 5), 1), (at(4, 8), 2), (at(7, 8), 2),
                          (at(8, 8), 2), (at(9, 8), 3)):       # 7 and 8 March are a weekend
        reader.clock.set(moment)
        assert len(digests()) == count, moment
    assert digests()[0] == {"overdue": 0, "today": 0, "new": 1}
    side_jobs.send_deliveries()
    assert any("今日待办：" in str(letter["Subject"]) for letter in mail.arrived)


def test_a_digest_that_would_say_nothing_does_not_come(reader):
    choose("guichi.dept2.officer", email="other@example.cn", channels=("email",), digest=True)
    reader.clock.set(at(3, 8))
    digests()
    assert {row.user_id for row in rows() if row.kind == "digest"} == {accounts.find("guichi.dept1.officer").id}


def test_a_digest_that_is_hours_late_does_not_come(reader):
    reader.clock.set(at(3, 12))
    assert digests() == []
