"""docs/deploy/: what the units and the image start is there, what they set is a setting, and nothing is left open."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from dataclasses import fields
from importlib.util import find_spec

import click
import pytest

from tests import source
from tests.web.ground import shell
from web.app import config
from web.commands import main

FOLDER = source.ROOT / "docs" / "deploy"
UNITS = sorted(FOLDER.glob("*.service"))
IMAGE = (FOLDER / "Containerfile").read_text(encoding="utf-8")
SETTINGS = {f"CASEFLOW_{item.name.upper()}" for item in fields(config.Settings)}
CLOSED = {
    "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
    "PrivateDevices": "yes", "CapabilityBoundingSet": "", "RestrictNamespaces": "yes", "LockPersonality": "yes",
    "SystemCallFilter": "@system-service", "UMask": "0077", "StateDirectoryMode": "0700", "User": "caseflow",
}


KNOWN = {
    "Unit": {"After", "Description", "Documentation", "StartLimitIntervalSec", "Wants"},
    "Service": {
        "CapabilityBoundingSet", "EnvironmentFile", "ExecStart", "Group", "LockPersonality", "NoNewPrivileges",
        "PrivateDevices", "PrivateTmp", "ProtectClock", "ProtectControlGroups", "ProtectHome", "ProtectHostname",
        "ProtectKernelLogs", "ProtectKernelModules", "ProtectKernelTunables", "ProtectProc", "ProtectSystem",
        "RemoveIPC", "Restart", "RestartSec", "RestrictAddressFamilies", "RestrictNamespaces", "RestrictRealtime",
        "RestrictSUIDSGID", "StateDirectory", "StateDirectoryMode", "SystemCallArchitectures", "SystemCallFilter",
        "TimeoutStopSec", "UMask", "User", "WorkingDirectory"},
    "Install": {"WantedBy"},
}


def sections(unit) -> dict[str, dict[str, str]]:
    parser = RawConfigParser(strict=True, delimiters="=", comment_prefixes="#")
    parser.optionxform = str
    parser.read_string(unit.read_text(encoding="utf-8"))
    return {name: dict(parser[name]) for name in parser.sections()}


def service(unit) -> dict[str, str]:
    return sections(unit)["Service"]


def check_command(words: list[str]) -> None:
    """It can be typed as it stands: a module, or a command of ours with its options."""
    program = words[0].rpartition("/")[2]
    if program == "python":
        assert words[1] == "-m" and find_spec(words[2]), words
        return
    assert program == "caseflow", words
    command = main.get_command(click.Context(main), words[1])
    command.make_context(words[1], words[2:])


def names_in(text: str) -> set[str]:
    return set(re.findall(r"CASEFLOW_[A-Z_]+", text))


def test_there_is_a_unit_for_the_web_the_scheduler_and_the_worker():
    assert [unit.name for unit in UNITS] == [
        "caseflow-scheduler.service", "caseflow-web.service", "caseflow-worker.service"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_what_is_there_again_and_again_and_is_shut_in(unit):
    said = service(unit)
    check_command(shlex.split(said["ExecStart"]))
    assert said["Restart"] == "always", "a worker that lost the database ends, to be begun again"
    assert said.items() >= CLOSED.items()
    assert said["EnvironmentFile"].endswith("/caseflow.env")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_a_unit(unit, tmp_path):
    """By the words of systemd 252 that we use; where there is a systemd, by itself as well."""
    said = sections(unit)
    assert {name: set(words) - KNOWN[name] for name, words in said.items()} == {name: set() for name in KNOWN}
    if shutil.which("systemd-analyze") is None:
        return
    copy = tmp_path / unit.name
    copy.write_text(re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={sys.executable}", unit.read_text(encoding="utf-8")))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(copy)], capture_output=True, text=True,
                          check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_set_is_a_setting_and_the_template_holds_no_secret():
    template = (FOLDER / "caseflow.env").read_text(encoding="utf-8")
    lines = dict(line.split("=", 1) for line in template.splitlines() if line and not line.startswith("#"))
    assert lines.keys() <= SETTINGS and names_in(IMAGE) <= SETTINGS
    assert {lines[name] for name in ("CASEFLOW_SECRET_KEY", "CASEFLOW_LINE_KEY", "CASEFLOW_METRICS_TOKEN")} == {""}
    assert lines["CASEFLOW_INSTANCE"] == re.search(r"CASEFLOW_INSTANCE=(\S+)", IMAGE).group(1)


def test_the_image_starts_what_is_there_from_checked_requirements_as_nobody():
    for words in re.findall(r"(?m)^#   (?:web|scheduler|worker) .*? caseflow ((?:caseflow|python) .*?)(?:  |$)", IMAGE):
        check_command(shlex.split(words))
    check_command(re.findall(r'"([^"]*)"', IMAGE.splitlines()[-1]))
    assert "--require-hashes" in IMAGE and re.search(r"(?m)^USER (?!0|root)", IMAGE)
    for copied in re.findall(r"(?m)^COPY (?!--from)(.+) \S+$", IMAGE):
        assert all((source.ROOT / name).exists() for name in copied.split())


def test_the_image_asks_a_page_that_answers_whoever_asks(database_url, clock, tmp_path):
    port, path = re.search(r"http://127\.0\.0\.1:(\d+)(/\w+)", IMAGE).groups()
    assert f"CASEFLOW_PORT={port}" in IMAGE
    browser = shell(database_url, clock, tmp_path, https="true").test_client()
    assert browser.get(path, base_url=f"http://127.0.0.1:{port}").status_code == 200
