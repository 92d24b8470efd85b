"""SpiffWorkflow's parser for a file from outside: in a child process that may use little and not for long."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import caseflow
from caseflow.engine.gate.findings import Findings, printable
from caseflow.errors import DefinitionRefused

CPU_SECONDS = 1
MEMORY_BYTES = 512 * 1024 * 1024
WALL_SECONDS = 10
CHILD = "caseflow.engine.gate.child"
PARSER = "caseflow.engine.parser:parse"


def parse_apart(files: Mapping[str, bytes], process_id: str, *, parser: str = PARSER) -> None:
    """Parse the checked files (name → bytes) once in a child with limits, and forget the result: 1 s CPU, 512 MB, and
    10 s by the clock where others have the processor.

    Returns when `parser` (module:function, called with files and process_id) returned; DefinitionRefused when it raised
    (`parser_refused`) or came to a limit (`parser_limit`).
    """
    encoded = {name: base64.b64encode(source).decode() for name, source in files.items()}
    order = json.dumps({"files": encoded, "process_id": process_id, "parser": parser}).encode()
    try:
        done = subprocess.run(
            [sys.executable, "-S", "-P", "-B", "-m", CHILD, str(CPU_SECONDS), str(MEMORY_BYTES)],
            input=order, capture_output=True, timeout=WALL_SECONDS, env=_environment(), cwd="/", check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise _refused("parser_limit") from None
    if done.returncode == 1:
        raise _refused("parser_refused", reason=printable(done.stdout.decode(errors="replace"))[:300])
    if done.returncode != 0:
        raise _refused("parser_limit")


def _environment() -> dict[str, str]:
    """No secret of this process; only where the code is, so that the child runs nothing of the site's (-S)."""
    code = os.pathsep.join([str(Path(caseflow.__file__).parent.parent), *filter(None, sys.path)])
    return {"PYTHONPATH": code, "LANG": "C.UTF-8", "PYTHONUTF8": "1"}


def _refused(code: str, **values: object) -> DefinitionRefused:
    findings = Findings()
    findings.add(code, **values)
    return DefinitionRefused(findings=tuple(findings.found))
