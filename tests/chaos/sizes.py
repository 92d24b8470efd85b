"""How large the runs are: small in `make test`, those of the issue in `make chaos` (CASEFLOW_CHAOS=1)."""

from __future__ import annotations

import os
import secrets

LONG = os.environ.get("CASEFLOW_CHAOS", "") not in ("", "0")


def size(short: int, long: int) -> int:
    return long if LONG else short


def new_seed() -> int:
    """The seed of this run: CASEFLOW_CHAOS_SEED, else a new one."""
    return int(os.environ.get("CASEFLOW_CHAOS_SEED") or secrets.randbelow(10**9))
