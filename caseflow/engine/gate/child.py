"""The child of parse_apart: limits itself (seconds and bytes are its arguments), then reads its order and runs
the parser.

Exit codes: 0 parsed, 1 refused (the reason on standard output), everything else a limit was reached.
"""

from __future__ import annotations

import base64
import importlib
import json
import resource
import sys

LIMIT_REACHED = 3


def limit(cpu_seconds: int, memory_bytes: int) -> None:
    """Bound this process: seconds of CPU, bytes of memory, 64 open files; it writes no file and starts no process."""
    for kind, most in (
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        _, hard = resource.getrlimit(kind)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, least))


def main() -> int:
    """Run the order that stands on standard input: files, process id, parser. Answers the exit code."""
    limit(int(sys.argv[1]), int(sys.argv[2]))
    order = json.load(sys.stdin)
    files = {name: base64.b64decode(source) for name, source in order["files"].items()}
    module, _, function = order["parser"].partition(":")
    try:
        getattr(importlib.import_module(module), function)(files, order["process_id"])
    except (MemoryError, RecursionError):
        return LIMIT_REACHED
    except Exception as error:
        print(f"{type(error).__name__}: {error}"[:1000])
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
