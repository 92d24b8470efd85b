"""What people type, read as they meant it: full-width digits, Chinese dates, pasted invisible characters."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from flask import request

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u2060\ufeff"))      # come along with text pasted from chat programs
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
NUMBER = re.compile(r"[+-]?\d{1,15}")


def tidy(text: str) -> str:
    """The text with plain line ends and without invisible characters; nothing that can be seen changes."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(INVISIBLE)


def line(name: str) -> str:
    """A field of the form that was sent, as one line of what can be seen and kept; "" where it was not sent."""
    return " ".join(tidy(request.form.get(name, "")).replace("\x00", "").split())


def read_day(text: str) -> str:
    """YYYY-MM-DD when the text is one day written in a usual way, else the text itself."""
    found = DAY.fullmatch(_half_width(text))
    if found is None:
        return text
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return text


def read_number(text: str) -> int | str:
    """The integer when the text is one (１２ and 1,200 are), else the text itself."""
    plain = re.sub(r"(?<=\d),(?=\d{3}(\D|$))", "", _half_width(text))
    return int(plain) if NUMBER.fullmatch(plain) else text


def _half_width(text: str) -> str:
    # NFKC alone would also read ² and ① as digits
    return "".join(unicodedata.normalize("NFKC", c) if "\uff01" <= c <= "\uff5e" or c == "\u3000" else c
                   for c in text[:64]).replace("−", "-").replace("。", ".").replace(" ", "")
