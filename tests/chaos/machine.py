"""A machine with another time zone, whose clock goes wrong, or with a network of its own."""

from __future__ import annotations

import ctypes
import datetime as module
import os
import socket
import struct
import sys
import time
from contextlib import suppress
from datetime import timedelta
from fcntl import ioctl
from pathlib import Path

OURS = ("caseflow", "web", "scheduler", "tests")
NEW_USER, NEW_NETWORK = 0x1000_0000, 0x4000_0000     # CLONE_NEWUSER, CLONE_NEWNET of <sched.h>
SET_FLAGS, UP = 0x8914, 0x1                          # SIOCSIFFLAGS of <linux/sockios.h>, IFF_UP of <net/if.h>


def become(zone: str | None, ahead: float, host: int = 0) -> None:
    """Let this process live in a zone, `ahead` seconds before (or, negative, behind) the true time, and in the network
    of the process `host`."""
    if host:
        _join(host)
    if zone:
        os.environ["TZ"] = zone
        time.tzset()
    if ahead:
        _shift(ahead)


def _shift(ahead: float) -> None:
    """What this machine says the time is: for time.time and for every `datetime` our modules hold."""
    true = time.time
    time.time = lambda: true() + ahead

    class Shifted(module.datetime):
        @classmethod
        def now(cls, tz=None):
            return module.datetime.now(tz) + timedelta(seconds=ahead)

    for name, loaded in list(sys.modules.items()):
        if name.partition(".")[0] in OURS and getattr(loaded, "datetime", None) is module.datetime:
            loaded.datetime = Shifted


def own_network() -> bool:
    """Leave every network for a new one, in which there is nothing but this machine; False where that is forbidden.

    Whoever may not do so as root does it as somebody else. Sockets that are files are reached as before.
    """
    with suppress(OSError):
        _call("unshare", NEW_NETWORK if os.geteuid() == 0 else NEW_NETWORK | NEW_USER)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            ioctl(probe, SET_FLAGS, struct.pack("16sH14x", b"lo", UP))
        return True
    return False


def _join(host: int) -> None:
    for kind in ("user", "net"):
        theirs = Path(f"/proc/{host}/ns/{kind}")
        if os.readlink(theirs) != os.readlink(f"/proc/self/ns/{kind}"):
            with theirs.open() as place:
                _call("setns", place.fileno(), 0)


def _call(name: str, *words: int) -> None:
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*words):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
