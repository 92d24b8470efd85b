"""Settings: where they come from, and which ones stop the start."""

from __future__ import annotations

import dataclasses
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from caseflow.errors import ConfigurationError
from tests.web.ground import SECRET
from web import create_app
from web.app import config


def load(folder, **variables):
    return config.load({"CASEFLOW_INSTANCE": str(folder)} | {f"CASEFLOW_{k.upper()}": v for k, v in variables.items()})


def test_the_database_lies_in_the_instance_unless_another_is_named(tmp_path):
    assert load(tmp_path).database_url == f"sqlite:///{tmp_path}/caseflow.db"
    assert load(tmp_path, database_url="postgresql://u@h/d").database_url == "postgresql+psycopg://u@h/d"


def test_the_file_is_read_and_a_variable_wins_over_it(tmp_path):
    (tmp_path / "config.toml").write_text('port = 9000\nsession_idle = 20\ntrusted_hosts = ["hcp.example.cn"]\n')
    settings = load(tmp_path, port="9001")
    assert (settings.port, settings.session_idle) == (9001, 20)
    assert settings.trusted_hosts == ("localhost", "127.0.0.1", "[::1]", "hcp.example.cn")


@pytest.mark.parametrize("text", ["prot = 9000", "port = 'many'", "port ="])
def test_a_file_that_cannot_be_meant_stops_the_start(tmp_path, text):
    (tmp_path / "config.toml").write_text(text)
    with pytest.raises(ConfigurationError):
        load(tmp_path)


@pytest.mark.parametrize("variables", [
    {"port": "many"}, {"demo": "perhaps"}, {"database_url": "mysql://h/d"}, {"secret_key": "short"},
    {"session_idle": "0"}, {"login_failures": "0"}, {"session_length": "999999999999"}, {"port": "-1"},
    {"port": "70000"}, {"threads": "0"}, {"proxies": "-1"}, {"max_upload": "-5"},
    {"database_url": "postgresql+psycopg://u:pw@h:port/d"},
])
def test_a_variable_that_cannot_be_meant_stops_the_start(tmp_path, variables):
    with pytest.raises(ConfigurationError):
        load(tmp_path, **variables)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "10.0.0.1", "example.cn", "", "127.0.0.1.example.cn"])
def test_the_demo_refuses_an_address_that_others_reach(tmp_path, host):
    with pytest.raises(ConfigurationError):
        config.require_loopback(host)
    if host:
        with pytest.raises(ConfigurationError):
            load(tmp_path, demo="1", host=host)
        assert not (tmp_path / "secret_key").exists()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_the_demo_listens_on_loopback(tmp_path, host):
    assert load(tmp_path, demo="1", host=host).host == host


def test_outside_the_demo_any_address_may_be_listened_on(tmp_path):
    assert load(tmp_path, host="0.0.0.0").host == "0.0.0.0"


def test_without_a_secret_nothing_is_served(tmp_path):
    with pytest.raises(ConfigurationError, match="CASEFLOW_SECRET_KEY"):
        create_app(load(tmp_path))
    assert not (tmp_path / "secret_key").exists()


def test_the_demo_makes_a_secret_that_its_owner_alone_reads_and_keeps_it(tmp_path):
    first = load(tmp_path / "new", demo="1").secret_key
    path = tmp_path / "new" / "secret_key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(first) >= config.LEAST_SECRET
    assert load(tmp_path / "new", demo="1").secret_key == first
    assert [entry.name for entry in path.parent.iterdir()] == ["secret_key"]


def test_a_hundred_who_need_the_key_at_once_have_one_and_the_same_and_leave_nothing_beside_it(tmp_path):
    settings = load(tmp_path)
    (tmp_path / f"line_key.{os.getpid()}").touch()      # of a process that died while it made one, whose number is ours
    begin = Barrier(100)

    def need(_: int) -> bytes:
        begin.wait()
        return config.line_key.__wrapped__(settings)

    with ThreadPoolExecutor(100) as threads:
        assert len(set(threads.map(need, range(100)))) == 1
    assert {entry.name for entry in tmp_path.iterdir()} == {"line_key", f"line_key.{os.getpid()}"}


def test_a_folder_that_is_none_stops_the_start_in_words(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="CASEFLOW_INSTANCE"):
        load(tmp_path / "file", demo="1")


def test_the_secret_is_not_shown_where_settings_are_printed(tmp_path):
    assert SECRET not in repr(load(tmp_path, secret_key=SECRET))


def test_cookies_go_over_https_except_in_the_demo(tmp_path):
    assert load(tmp_path).https and not load(tmp_path, demo="1").https


def test_settings_do_not_change_while_running(tmp_path):
    with pytest.raises(dataclasses.FrozenInstanceError):
        load(tmp_path).demo = True
