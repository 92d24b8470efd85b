"""Signing in at an OpenID Connect provider that runs on loopback: what is believed, and what is not."""

from __future__ import annotations

import http.client
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import func, select

from caseflow.errors import AdministrationRefused, Conflict, PermissionDenied
from caseflow.models import Identity, User, db, transaction
from caseflow.people import accounts
from tests import provider as providers
from tests.ground import person as actor
from tests.web.desk import Desk, words
from tests.web.ground import change, is_signed_in, person, send, shell

HERE = "https://localhost"


@pytest.fixture
def provider(clock):
    with providers.running(clock) as running:
        yield running


@pytest.fixture
def served(provider, database_url, clock, tmp_path):
    return shell(database_url, clock, tmp_path, oidc_issuer=provider.issuer, oidc_client_id=providers.CLIENT,
                 oidc_client_secret=providers.SECRET, public_url=HERE + "/", channel_timeout="15")


@pytest.fixture
def user_id(served, clock, provider):
    """王芳, who is subject-1 at the provider."""
    with served.app_context():
        number = person()
        with transaction():
            accounts.link(db.session.get(User, number), provider.issuer, "subject-1", clock())
        return number


def at_the_provider(address: str) -> str:
    """What a browser does there: it follows the address, the user signs in, it is sent back."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    connection.request("GET", f"{parts.path}?{parts.query}")
    back = connection.getresponse().headers["Location"]
    connection.close()
    assert back.startswith(HERE + "/login/oidc/back?")
    return back.removeprefix(HERE)


def signs_in(browser, next_page="/work/"):
    begun = browser.get(f"/login/oidc?next={next_page}")
    return browser.get(at_the_provider(begun.location))


def is_refused(browser, answer, sentence="统一身份登录没有完成"):
    return answer.location == "/login" and sentence in browser.get("/login").text and not is_signed_in(browser)


@pytest.mark.both_databases
def test_whoever_is_linked_is_signed_in_and_where_they_wanted_to_be(served, user_id):
    browser = served.test_client()
    assert "用统一身份登录" in browser.get("/login").text
    assert signs_in(browser, "/cases/").location == "/cases/"
    assert is_signed_in(browser)


def test_what_is_sent_to_the_provider_is_new_each_time_and_holds_no_secret(served, user_id, provider):
    asked = [parse_qs(urlsplit(served.test_client().get("/login/oidc").location).query) for _ in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name] and len(asked[0][name][0]) >= 43
    assert asked[0]["redirect_uri"] == [HERE + "/login/oidc/back"] and asked[0]["code_challenge_method"] == ["S256"]
    assert not any(providers.SECRET in value for values in asked[0].values() for value in values)


def test_nobody_is_made_or_matched_by_signing_in(served, user_id, provider):
    provider.signs_in = "wang.fang"      # the name of the account is not who somebody is
    browser = served.test_client()
    assert is_refused(browser, signs_in(browser), "没有与您的统一身份关联的账号")
    with served.app_context():
        assert db.session.scalar(select(func.count(User.id))) == 1


def test_a_stopped_account_is_not_let_in(served, user_id):
    with served.app_context():
        change(user_id, active=False)
    browser = served.test_client()
    assert is_refused(browser, signs_in(browser), "没有与您的统一身份关联的账号")


@pytest.mark.parametrize("spoilt", [
    {"iss": "https://evil.example"}, {"aud": "another"}, {"aud": ["caseflow", "another"]}, {"azp": "another"},
    {"nonce": "another"}, {"nonce": None}, {"exp": 1}, {"exp": None}, {"iat": None}, {"iat": 9_999_999_999},
    {"sub": None}, {"sub": ""}, {"sub": 7}, {"aud": None}, {"iss": None},
])
def test_a_token_that_does_not_fit_is_not_believed(served, user_id, provider, spoilt):
    def spoil(what, answer):
        changed = answer | spoilt if what == "claims" else answer
        return {name: value for name, value in changed.items() if value is not None}

    provider.spoil = spoil
    browser = served.test_client()
    assert is_refused(browser, signs_in(browser)) and "/jwks" in provider.asked


@pytest.mark.parametrize("forge", ["another_key", "hmac_with_the_public_key", "hmac_with_the_secret"])
def test_a_token_that_the_provider_did_not_sign_is_not_believed(served, user_id, provider, forge):
    if forge == "another_key":
        provider.signing = RSAKey.generate_key(2048, parameters={"kid": "k1"})
    else:
        known = provider.key.as_pem(private=False) if "public" in forge else providers.SECRET.encode().ljust(32, b".")
        provider.signing = OctKey.import_key(known.hex() if isinstance(known, bytes) else known)
        provider.header = {"alg": "HS256", "kid": "k1"}
    browser = served.test_client()
    assert is_refused(browser, signs_in(browser)) and "/jwks" in provider.asked


@pytest.mark.parametrize("spoilt", [{"state": "another"}, {"state": ""}, {"iss": "https://evil.example"},
                                    {"code": "guessed"}, {"code": ""}, {"error": "access_denied"}])
def test_an_answer_that_was_not_asked_for_is_not_believed(served, user_id, provider, spoilt):
    provider.spoil = lambda what, answer: answer | spoilt if what == "answer" else answer
    browser = served.test_client()
    assert is_refused(browser, signs_in(browser))


def test_an_answer_counts_once_in_its_own_browser_and_for_ten_minutes(served, user_id, clock):
    browser, other = served.test_client(), served.test_client()
    back = at_the_provider(browser.get("/login/oidc").location)
    assert is_refused(other, other.get(back))
    assert browser.get(back).location == "/"
    send(browser, "/logout", "/no-such-page")
    assert is_refused(browser, browser.get(back))
    late = at_the_provider(browser.get("/login/oidc").location)
    clock.advance(minutes=11)
    assert is_refused(browser, browser.get(late))


@pytest.mark.parametrize("spoilt", [{"issuer": "https://evil.example"}, {"token_endpoint": "http://10.0.0.1/token"},
                                    {"jwks_uri": "file:///etc/passwd"}, {"authorization_endpoint": None}])
def test_a_provider_that_names_another_or_unsafe_places_is_not_used(served, user_id, provider, spoilt):
    provider.spoil = lambda what, answer: answer | spoilt if what == "discovery" else answer
    browser = served.test_client()
    assert is_refused(browser, browser.get("/login/oidc"), "统一身份平台暂时不能使用")
    assert provider.asked == ["/.well-known/openid-configuration"]


def test_next_leads_nowhere_else(served, user_id):
    assert signs_in(served.test_client(), "//evil.example").location == "/"


def test_signing_out_offers_to_sign_out_there_too(served, user_id, provider):
    browser = served.test_client()
    signs_in(browser)
    send(browser, "/logout", "/no-such-page")
    assert not is_signed_in(browser) and "同时退出统一身份平台" in browser.get("/login").text
    left = browser.get("/logout/oidc").location
    assert left.startswith(provider.issuer + "/logout?") and "post_logout_redirect_uri" in left
    assert "同时退出统一身份平台" not in browser.get("/login").text


def test_without_a_provider_there_is_no_such_page(database_url, clock, tmp_path):
    browser = shell(database_url, clock, tmp_path).test_client()
    assert {browser.get(page).status_code for page in ("/login/oidc", "/login/oidc/back", "/logout/oidc")} == {404}
    assert "统一身份" not in browser.get("/login").text


# --- who is who ---------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_security_links_others_and_a_subject_is_one_person(installed, session, clock):
    officer, security = accounts.find("guichi.dept1.officer"), actor("guichi.security")
    with transaction():
        accounts.link(officer, "https://id", "s1", clock(), security)
    with pytest.raises(Conflict), transaction():
        accounts.link(accounts.find("guichi.dept2.officer"), "https://id", "s1", clock(), security)
    with pytest.raises(PermissionDenied), transaction():
        accounts.link(officer, "https://id", "s2", clock(), actor("guichi.admin"))
    with pytest.raises(AdministrationRefused), transaction():
        accounts.link(accounts.find("guichi.security"), "https://id", "s2", clock(), security)
    with transaction():
        accounts.link(officer, "https://id", "s2", clock(), security)
    assert (accounts.by_identity("https://id", "s1"), accounts.by_identity("https://id", "s2")) == (None, officer)
    with transaction():
        accounts.link(officer, "https://id", "", clock(), security)
    assert session.scalar(select(func.count()).select_from(Identity)) == 0


def test_the_subject_is_entered_on_the_persons_page(installed, app, clock):
    import dataclasses

    app.config["CASEFLOW"] = dataclasses.replace(app.config["CASEFLOW"], oidc_issuer="https://id.example.cn")
    security = Desk(app, clock, "guichi.security")
    with app.app_context():
        number = accounts.find("guichi.dept1.officer").id
    answer = security.sends(f"/admin/users/{number}/identity", {"subject": "s-77"})
    assert "已保存统一身份标识" in words(security.opens(answer.location))
    with app.app_context():
        assert accounts.by_identity("https://id.example.cn", "s-77").id == number
