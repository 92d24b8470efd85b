"""The door for other systems: who may push, what is answered, and what is refused."""

from __future__ import annotations

import json

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlalchemy import func, select

from caseflow.models import ApiKey, Case, Rating, db, transaction
from caseflow.ratings import api_keys
from caseflow.ratings.fields import FIELDS
from tests.ratings_ground import offices  # noqa: F401

pytestmark = pytest.mark.usefixtures("offices")
URL = "/api/v1/ratings"


def rating(number: int = 1, level: object = 5, **changes: object) -> dict[str, object]:
    return {
        "areaCode": "341702000000", "projectNo": f"P{number}", "serviceNumber": 1, "serviceTime": "2026-02-05 12:29:00",
        "orgcode": "11341702MB000001", "satisfaction": level, "evalDetail": "", "writingEvaluation": "等了两个小时",
        "assessTime": "2026-02-06 13:23:00", "anonymityFlag": "2", "userName": "甲某", "mobile": "13912345678",
    } | changes


@pytest.fixture
def key(app, clock) -> str:
    with app.app_context(), transaction():
        return api_keys.add("hall", clock())


@pytest.fixture
def push(client, key):
    def send(body: object, content_type: str = "application/json", **headers: str):
        data = body if isinstance(body, bytes | str) else json.dumps(body, ensure_ascii=False)
        headers["Authorization"] = f"Bearer {key}"
        return client.post(URL, data=data, content_type=content_type, headers=headers)
    return send


def kept(app) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(Rating.id)))


def problem(response, status: int) -> dict[str, object]:
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert response.json["status"] == status
    assert response.json["detail"]
    return response.json


@pytest.mark.both_databases
def test_one_rating_is_accepted_and_its_repetition_is_a_duplicate(push, app, clock):
    first, second = push(rating()), push(rating())
    assert (first.status_code, first.json) == (201, {"verdict": "accepted", "status": "accepted"})
    assert (second.status_code, second.json["verdict"]) == (200, "duplicate")
    with app.app_context():
        row = db.session.scalar(select(Rating))
        assert (row.source, row.received_at) == ("api:hall", clock())
        assert json.loads(row.raw) == {
            name: value for name, value in rating().items() if name not in ("userName", "mobile")}


def test_a_rating_that_says_something_else_of_the_service_is_kept_as_later_and_a_default_given_up(push, app):
    assert push(rating(level=5) | {"isdefault": "1"}).json["verdict"] == "accepted"
    answer = push(rating(level=1))
    assert (answer.status_code, answer.json["verdict"], answer.json["status"]) == (201, "later_rating", "later_rating")
    assert [note["code"] for note in answer.json["notes"]] == ["default_replaced"] and answer.json["case"]
    assert kept(app) == 2


@pytest.mark.both_databases
def test_a_bad_rating_is_answered_with_the_number_of_its_case(push, app):
    answer = push(rating(level=1)).json
    with app.app_context():
        assert answer["case"] == db.session.scalar(select(Case.number))


def test_a_rejected_rating_is_a_problem_with_reason_and_field_and_quotes_nothing_else(push):
    response = push(rating(level=9))
    body = problem(response, 422)
    assert (body["verdict"], body["reason"], body["field"]) == (
        "rejected:out_of_range:satisfaction", "out_of_range", "satisfaction")
    assert "甲某" not in response.text and "13912345678" not in response.text


@pytest.mark.parametrize("separator", ["array", "lines", "lines with returns"])
def test_a_batch_is_answered_in_order(push, app, separator):
    ratings = [rating(1), rating(2, 9), rating(1), rating(3, "1", orgcode="nobody")]
    texts = [json.dumps(each, ensure_ascii=False) for each in ratings]
    if separator == "array":
        response = push("\n[" + " ,\r\n".join(texts) + " ]\n")
    else:
        response = push(("\r\n" if "returns" in separator else "\n").join(texts) + "\n", "application/x-ndjson")
    assert response.status_code == 200
    assert [each["verdict"] for each in response.json] == [
        "accepted", "rejected:out_of_range:satisfaction", "duplicate", "accepted"]
    assert response.json[3]["notes"][0]["code"] == "office_unknown"
    assert kept(app) == 2
    assert [each["status"] for each in push(ratings).json] == ["duplicate", "rejected", "duplicate", "duplicate"]
    assert kept(app) == 2


def test_one_bad_element_of_an_array_spoils_no_other(push):
    good = json.dumps(rating())
    twice = '{"satisfaction": "1", ' + json.dumps(rating(2))[1:]
    answers = push(f'[{good}, 5, null, [], NaN, {twice}, "a, ] b"]').json
    assert [each["verdict"] for each in answers] == ["accepted"] + ["rejected:not_json:-"] * 6


@pytest.mark.parametrize("body", [
    "[", "[]]", "[1 2]", "[,]", "[1,]", "[1] x", "[[[", "[" * 100_000, '["\\', b"[\xff]", b"\xff\xfe[\x00]\x00"])
def test_a_body_that_is_no_array_is_refused_as_a_whole(push, app, body):
    problem(push(body), 422)
    assert kept(app) == 0


@pytest.mark.parametrize("body", ["", "null", "5", "{", '"a"', b"{\xff}", '{"a": 1} {"b": 2}'])
def test_a_body_that_is_no_object_is_unprocessable(push, body):
    problem(push(body), 422)


@pytest.mark.parametrize(("body", "content_type"), [("[]", "application/json"), ("", "application/x-ndjson")])
def test_an_empty_batch_is_answered_with_an_empty_list(push, body, content_type):
    assert push(body, content_type).json == []


@pytest.mark.parametrize("authorization", [
    None, "", "Bearer", "Bearer ", "Bearer nobody", "Basic aGFsbDp4", "Bearer \xff", "bearer' OR 1=1 --"])
def test_without_a_valid_key_nothing_is_read(client, app, authorization):
    headers = {} if authorization is None else {"Authorization": authorization}
    response = client.post(URL, json=rating(), headers=headers)
    problem(response, 401)
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert kept(app) == 0


def test_a_key_in_another_case_of_the_scheme_is_valid_but_a_changed_one_is_not(client, key):
    assert client.post(URL, json=rating(), headers={"Authorization": f"bearer {key}"}).status_code == 201
    problem(client.post(URL, json=rating(), headers={"Authorization": f"Bearer {key}x"}), 401)
    problem(client.post(URL, json=rating(), headers={"Authorization": f"Bearer {key.swapcase()}"}), 401)


def test_a_cookie_opens_nothing(client, key):
    client.set_cookie("caseflow", key)
    client.set_cookie("Authorization", f"Bearer {key}")
    problem(client.post(URL, json=rating()), 401)


def test_a_revoked_key_opens_nothing_any_more(push, app, clock):
    with app.app_context(), transaction():
        api_keys.revoke("hall", clock())
    assert problem(push(rating()), 403)["type"] == "urn:caseflow:problem:key_revoked"
    assert kept(app) == 0


def test_only_the_digest_of_a_key_is_kept(app, key):
    with app.app_context():
        row = db.session.scalar(select(ApiKey))
        assert len(row.digest) == 64
        assert key not in (row.digest, row.name, row.note)


def test_the_api_needs_no_form_token(push, app):
    app.config["WTF_CSRF_ENABLED"] = True
    assert push(rating()).status_code == 201


@pytest.mark.parametrize("content_type", [
    "text/plain", "application/xml", "multipart/form-data", "application/x-www-form-urlencoded", "",
    "application/json; charset=gbk"])
def test_another_type_of_content_is_refused(push, content_type):
    problem(push(rating(), content_type), 415)


def test_a_compressed_body_is_refused(push):
    problem(push(rating(), **{"Content-Encoding": "gzip"}), 415)


def test_a_thousand_ratings_are_taken_and_one_more_is_refused_as_a_whole(push, app):
    thousand = [rating(number) for number in range(1000)]
    problem(push([*thousand, rating(1000)]), 413)
    problem(push("x\n" * 1001, "application/x-ndjson"), 413)
    assert kept(app) == 0
    assert {each["verdict"] for each in push(thousand).json} == {"accepted"}
    assert kept(app) == 1000


def test_more_than_four_megabytes_are_refused(push):
    problem(push(b" " * 4_194_305), 413)
    problem(push(b"\n" * 4_194_305, "application/x-ndjson"), 413)


def test_the_document_is_valid_openapi_and_speaks_the_fields_of_the_table(client):
    response = client.get("/api/v1/openapi.json")
    assert response.status_code == 200
    assert list(OpenAPIV31SpecValidator(response.json).iter_errors()) == []
    schema = response.json["components"]["schemas"]["Rating"]
    assert list(schema["properties"]) == [field.name for field in FIELDS]
    assert schema["required"] == [field.name for field in FIELDS if field.required]


def test_what_the_document_calls_valid_is_accepted_and_the_answers_are_as_it_says(client, push):
    from jsonschema import Draft202012Validator

    document = client.get("/api/v1/openapi.json").json

    def matches(name: str, value: object) -> bool:
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        return Draft202012Validator(schema).is_valid(value)
    for example, accepted in ((rating(), True), (rating(2, "5", pf="8"), False), (rating(3, assessTime="x"), False)):
        assert matches("Rating", example) is accepted
        response = push(example)
        assert matches("Verdict" if accepted else "Problem", response.json)
        assert (response.status_code == 201) is accepted
