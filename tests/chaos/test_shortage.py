"""No disk, no writing, no connection, no memory: a readable refusal, nothing acknowledged is lost, no repair needed."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import event, make_url, select, text

from caseflow.errors import DatabaseUnavailable
from caseflow.health import doctor
from caseflow.models import Case, Heartbeat, Incident, Submission, User, WorkItem, db, transaction
from scheduler import jobs
from tests.chaos import ledger, roles, sizes, statements, workload
from tests.chaos.killer import Crowd, World
from web import create_app
from web.app import clock, config

SHORTAGES = {"MemoryError", "StepFailed", "DatabaseUnavailable", "OperationalError",
             "DatabaseError"}  # so psycopg gives an error without an SQLSTATE, as libpq's own are
on_postgresql = pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgres)],
                                        indirect=True)


def complete_everything(world, random):
    """Complete open tasks until there is none or the database cannot: (the tokens that were acknowledged, the refusal
    or None, the form that was refused; None where its contact with the rater could not be logged either)."""
    done, facts = [], None
    with world.app.app_context():
        try:
            while facts := workload.next_task(random, 1, clock.now()):
                roles._complete(facts)
                done.append(facts["token"])
                facts = None
        except DatabaseUnavailable as refusal:
            return done, refusal, facts
    return done, None, None


def stored(world):
    with world.session() as session:
        return set(session.scalars(select(Submission.form_token)))


def goes_on_to_the_end(world, random, refused):
    """What was refused is done with the same token, the rest after it, and everything is whole."""
    if refused is not None:
        with world.app.app_context():
            roles._complete(refused)
    assert complete_everything(world, random)[1] is None
    with world.session() as session:
        assert set(session.scalars(select(Case.status))) == {"closed"}
        assert doctor.examine(clock.now()) == []


def test_a_full_disk_loses_nothing_that_was_acknowledged(world, random, figures):
    world.receive(sizes.size(12, 200), random)
    with world.app.app_context():
        pages = db.session.scalar(text("PRAGMA page_count"))
        db.session.remove()
        limit = {"pages": pages + 12}
        event.listen(db.engine, "begin", lambda connection: connection.exec_driver_sql(
            f"PRAGMA max_page_count = {limit['pages']}"))
    done, refusal, refused = complete_everything(world, random)
    assert "repeat" in str(refusal) and done and stored(world) == set(done)
    figures(acknowledged_before_the_disk_was_full=len(done))
    limit["pages"] = 1_000_000
    goes_on_to_the_end(world, random, refused)


def test_a_file_that_cannot_be_written_is_read_and_nothing_is_acknowledged(world, random):
    world.receive(1, random)
    path = make_url(world.url).database
    with world.app.app_context():
        facts = workload.next_task(random, 1, clock.now())
        db.session.remove()
    app = create_app(config.load({**world.environ, "CASEFLOW_DATABASE_URL": f"sqlite:///file:{path}?mode=ro&uri=true"}))
    with app.app_context():
        with pytest.raises(DatabaseUnavailable):
            roles._complete(facts)
        with pytest.raises(DatabaseUnavailable):
            jobs.beat()
        db.session.remove()
        db.engine.dispose()
    assert stored(world) == set()
    goes_on_to_the_end(world, random, facts)


@on_postgresql
def test_without_a_free_connection_a_sentence_says_so_and_work_goes_on_afterwards(world, random):
    world.receive(2, random)
    url = make_url(world.url)
    with psycopg.connect(**_parts(url), autocommit=True) as admin:
        admin.execute("DROP ROLE IF EXISTS clerk")
        admin.execute("CREATE ROLE clerk LOGIN")
        admin.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO clerk")
        admin.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO clerk")
        clerk = World.__new__(World)
        clerk.app = create_app(config.load({
            **world.environ, "CASEFLOW_DATABASE_URL": url.set(username="clerk").render_as_string(hide_password=False)}))
        try:
            with clerk.app.app_context():
                facts = workload.next_task(random, 1, clock.now())
                db.session.remove()
                db.engine.dispose()
            admin.execute(f"ALTER DATABASE {url.database} CONNECTION LIMIT 0")
            with clerk.app.test_client() as client:
                answer = client.get("/login", headers={"Accept": "application/json"})
                assert (answer.status_code, answer.json["code"]) == (503, "database_unavailable")
            with clerk.app.app_context(), pytest.raises(DatabaseUnavailable), transaction():
                pass
            admin.execute(f"ALTER DATABASE {url.database} CONNECTION LIMIT -1")
            goes_on_to_the_end(clerk, random, facts)
        finally:
            with clerk.app.app_context():
                db.session.remove()
                db.engine.dispose()
            admin.execute("DROP OWNED BY clerk")
            admin.execute("DROP ROLE clerk")


def _parts(url):
    return {"dbname": url.database, "user": url.username, "host": url.query["host"]}


@pytest.mark.both_databases
def test_a_worker_without_memory_acknowledges_nothing_that_is_not_stored(nursery, world, seed, random, figures):
    times, deaths = sizes.size(6, 100), 0
    world.receive(times, random)
    with Crowd(nursery, world, seed) as crowd:
        starved = crowd.add("starved", hurried=1, times=times)
        while nursery.wait(starved.pid) != 0 and (deaths := deaths + 1) <= times:
            crowd.start(starved)     # whatever cannot be had where nothing can be done about it ends a process
        starved.pid = 0
        crowd.end(crowd.add("settle"))
    intents = [intent for _, intent in ledger.all_intents(world.folder)]
    refused = [answer for intent in intents for answer in intent.answers if answer["answer"] == "starved"]
    assert refused or deaths
    assert {answer["code"] for answer in refused} <= SHORTAGES
    assert stored(world) == {intent.facts["token"] for intent in intents if intent.final["answer"] == "done"}
    figures(refused=len(refused), deaths=deaths, acknowledged=len(intents))
    assert complete_everything(world, random)[1] is None
    with world.session():
        assert doctor.examine(world.now()) == []


@on_postgresql
def test_an_outage_while_a_case_is_moved_is_no_fault_of_the_case(world, random):
    world.receive(1, random)
    world.passes(days=7)
    url = make_url(world.url)

    def cut(connection, statement):
        if statement.startswith("INSERT INTO timer_firings"):
            with psycopg.connect(**_parts(url), autocommit=True) as admin:
                mine = connection.connection.dbapi_connection.info.backend_pid
                admin.execute("SELECT pg_terminate_backend(%s)", [mine])

    with world.app.app_context():
        end = statements.precede(cut)
        try:
            for _ in range(6):
                with pytest.raises(DatabaseUnavailable):
                    jobs.fire_due_cases()
        finally:
            end()
        assert jobs.fire_due_cases() == 1
        assert db.session.scalar(select(Case.attempts)) == 0
        assert db.session.scalar(select(Incident.id)) is None
        assert db.session.scalar(select(Heartbeat.fired)) == 1
        assert db.session.scalar(select(User.id).limit(1)) and db.session.scalar(select(WorkItem.status)) == "open"
