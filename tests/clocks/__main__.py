"""Run the tests that read the machine's clock (mark `machine_clock`) at other moments: `python -m tests.clocks`.

Every process they start, PostgreSQL and Chromium too, has the clock of that moment, and it goes on from there. More
arguments are pytest's, such as `-k worker`. Exit code 1 when a test fails at any of the moments.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from caseflow.moments import SHANGHAI
from tests import source

MOMENTS = {     # of Shanghai; national notices are known up to 2026
    "2026-09-30 23:58": "a month ends, and a holiday begins",
    "2026-10-10 10:35": "a Saturday on which offices work",
    "2026-12-31 23:57": "the year ends, and with it the calendar that is known",
    "2027-01-01 07:57": "the year ends by UTC",
    "2027-02-05 10:51": "the eve of Spring Festival, before its notice is imported",
    "2027-10-31 16:59": "a Sunday, office hours over",
    "2028-02-29 00:10": "29 February, still the 28th by UTC",
    "2028-02-29 23:57": "29 February ends",
}
SAYS = [sys.executable, "-c", "import time; print(time.time())"]


def main(arguments: list[str]) -> int:
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)     # the server of PostgreSQL is another user's
        library = _built(Path(folder) / "moved.so")
        for moment, why in MOMENTS.items():
            print(f"--- {moment}: {why}", flush=True)
            tests = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-m", "machine_clock", *arguments]
            if subprocess.run(tests, cwd=source.ROOT, env=_environment(library, moment), check=False).returncode:
                failed.append(moment)
    print("--- failed at: " + ", ".join(failed) if failed else f"--- passed at all {len(MOMENTS)} moments")
    return 1 if failed else 0


def _built(library: Path) -> Path:
    here = Path(__file__).parent / "moved.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(here), "-ldl"], check=True)
    return library


def _environment(library: Path, moment: str) -> dict[str, str]:
    """That of a process whose clock says so now; refuses a Python whose clock does not move."""
    wanted = datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI).timestamp()
    ahead = round(wanted - datetime.now().timestamp())
    environment = os.environ | {"LD_PRELOAD": str(library), "CLOCK_MOVED_BY": str(ahead)}
    said = subprocess.run(SAYS, env=environment, capture_output=True, text=True, check=True).stdout
    if abs(float(said) - wanted) > 60:
        raise SystemExit(f"the clock of {sys.executable} cannot be moved")
    return environment


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
