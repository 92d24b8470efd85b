"""What a pushed rating is worth: a pure judgement of one line, never an exception.

A line with several faults gets the verdict of the first reason in this order: not_json, missing,
out_of_range, not_a_time, rated_before_service, bad_rating_without_reason, unknown_code,
code_of_another_level, unknown_area, not_in_force, too_long; within a reason the order of fields.FIELDS.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime

from caseflow.models.ratings import BAD_LEVELS
from caseflow.ratings.fields import (
    CODES,
    DETAILS,
    FIELDS,
    IS_DEFAULT,
    MAX_LINE,
    MAX_RAW,
    OLDER_DETAILS,
    REAL_NAME,
    SATISFACTION,
)

NUMBER = re.compile(r"[0-9]{1,4}")
TIME = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")   # reachable through \u escapes; no database text holds them
REQUIRED = tuple(field.name for field in FIELDS if field.required)
TIMES = tuple(field.name for field in FIELDS if field.kind == "time")
CODED = tuple(field for field in FIELDS if field.kind in ("number", "choice"))
SHORT_CODE = re.compile(r"[0-9]{1,3}")
KEPT = frozenset(field.name for field in FIELDS if not field.identifies)
FEWEST_DIGITS = 5                                  # of a number that can be called: 12345
WRONG_TYPE = "\x00"                               # stands for a value that is no text and no whole number


@dataclass(frozen=True, slots=True)
class Normalised:
    """A rating as the tables want it; `service` and `rating` are values by column name.

    `line` is what was pushed, to its last sign. It says who rated: it is digested, and kept nowhere.
    """

    project_no: str
    service_number: int
    area_code: str
    level: str
    service: Mapping[str, object]
    rating: Mapping[str, object]
    line: str = dataclass_field(repr=False)

    @property
    def key(self) -> tuple[str, int]:
        """projectNo and serviceNumber: which service the rating is about."""
        return self.project_no, self.service_number


@dataclass(frozen=True, slots=True)
class Verdict:
    """accepted, duplicate, later_rating, or rejected with reason and field ("-": the line as a whole).

    duplicate: what a kept rating of the same service says already; later_rating: something else, kept beside it.
    `notes` are out of fields.NOTES. `case` is the file number of the case that was opened.
    """

    status: str
    reason: str = ""
    field: str = ""
    value: Normalised | None = None
    notes: tuple[str, ...] = ()
    case: str = ""

    @property
    def verdict(self) -> str:
        """As reports write it: accepted, duplicate, later_rating or rejected:<reason>:<field>."""
        return f"rejected:{self.reason}:{self.field}" if self.status == "rejected" else self.status


DUPLICATE = Verdict("duplicate")


def rejected(reason: str, field: str = "-") -> Verdict:
    """The verdict on a line that is not kept; "-" means the line as a whole."""
    return Verdict("rejected", reason, field)


def judge(line: bytes | str | Mapping, area_fault: Callable[[str], str]) -> Verdict:
    """Accepted (with its normalised value) or rejected; knows nothing of what was kept before. Takes any input.

    `area_fault` says why no regulation applies to an area code: unknown_area, not_in_force, or "" where one does.
    """
    if isinstance(line, bytes | str) and len(line) > MAX_LINE:
        return rejected("too_long")
    try:
        text = _text(line)
        record = _read(text)
        values = _values(record)
    except (ValueError, TypeError, RecursionError):
        return rejected("not_json")
    fault = _first_fault(values, area_fault)
    if fault is None and len(text) > MAX_RAW:
        fault = ("too_long", "-")
    if fault is not None:
        return rejected(*fault)
    codes = _codes(values["evalDetail"])
    notes = ("older_code",) if OLDER_DETAILS.intersection(codes) else ()
    return Verdict("accepted", value=_normalise(values, codes, record, text), notes=notes)


def _text(line: bytes | str | Mapping) -> str:
    if isinstance(line, bytes):
        return line.decode("utf-8")
    text = line if isinstance(line, str) else json.dumps(line, ensure_ascii=False, allow_nan=False)
    text.encode("utf-8")
    return text


def _read(text: str) -> dict:
    record = _DECODER.decode(text)
    if not isinstance(record, dict):
        raise ValueError("not an object")
    return record


def _unique(pairs: list[tuple[str, object]]) -> dict:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise ValueError("a key is there twice")
    return record


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse_constant)


def _values(record: dict) -> dict[str, str]:
    """The known fields as text: "" when absent, null or blank."""
    return {field.name: _plain(record.get(field.name), field.name) for field in FIELDS}


def _plain(value: object, name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value if name == "writingEvaluation" else value.strip()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return WRONG_TYPE


def _first_fault(values: dict[str, str], area_fault: Callable[[str], str]) -> tuple[str, str] | None:
    return (
        _missing(values) or _out_of_range(values) or _not_a_time(values) or _rated_before_service(values)
        or _without_reason(values) or _wrong_code(values) or _wrong_area(values, area_fault) or _too_long(values))


def _missing(values: dict[str, str]) -> tuple[str, str] | None:
    return next((("missing", name) for name in REQUIRED if not values[name]), None)


def _out_of_range(values: dict[str, str]) -> tuple[str, str] | None:
    storable = UNSTORABLE.search("\n".join(values.values())) is None
    for field in CODED if storable else FIELDS:
        value = values[field.name]
        if not value or field.kind == "time":
            continue
        if field.kind == "number":
            wrong = not NUMBER.fullmatch(value) or not 1 <= int(value) <= field.maximum
        elif field.kind == "choice":
            wrong = value not in field.choices
        else:
            wrong = UNSTORABLE.search(value) is not None
        if wrong:
            return "out_of_range", field.name
    return None


def _not_a_time(values: dict[str, str]) -> tuple[str, str] | None:
    return next((("not_a_time", name) for name in TIMES if not _moment(values[name])), None)


def _moment(value: str) -> datetime | None:
    """Beijing time of the interface (UTC+8 all through the century) as an aware moment; None when there is none."""
    if not TIME.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(f"{value}+08:00")
    except ValueError:
        return None


def _rated_before_service(values: dict[str, str]) -> tuple[str, str] | None:
    early = values["assessTime"].replace("T", " ") < values["serviceTime"].replace("T", " ")
    return ("rated_before_service", "assessTime") if early else None


def _without_reason(values: dict[str, str]) -> tuple[str, str] | None:
    bad = SATISFACTION[int(values["satisfaction"])] in BAD_LEVELS
    if bad and not _codes(values["evalDetail"]) and not _says_something(values["writingEvaluation"]):
        return "bad_rating_without_reason", "evalDetail"
    return None


def _says_something(text: str) -> bool:
    return any(character.isprintable() and not character.isspace() for character in text)


def _codes(detail: str) -> tuple[str, ...]:
    """The codes once each, in their order; devices separate them with a bar, systems with a comma."""
    parts = (part.strip() for part in detail.replace("|", ",").split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def _wrong_code(values: dict[str, str]) -> tuple[str, str] | None:
    codes = _codes(values["evalDetail"])
    if any(code not in DETAILS and code not in OLDER_DETAILS for code in codes):
        return "unknown_code", "evalDetail"
    level = int(values["satisfaction"])
    if any(int(code[0]) != level for code in codes):
        return "code_of_another_level", "evalDetail"
    return None


def _wrong_area(values: dict[str, str], area_fault: Callable[[str], str]) -> tuple[str, str] | None:
    area = values["areaCode"]
    fault = area_fault(area) if area.isascii() and area.isdigit() and len(area) <= 12 else "unknown_area"
    return (fault, "areaCode") if fault else None


def _too_long(values: dict[str, str]) -> tuple[str, str] | None:
    return next((("too_long", f.name) for f in FIELDS if len(values[f.name]) > f.limit), None)


def kept_line(record: Mapping[str, object]) -> str:
    """What is kept of a pushed line, as JSON: the fields of the interface that do not say who rated, as they came.

    Fields that the interface does not have may hold anything, an ID number too: they are not kept.
    """
    return json.dumps({name: value for name, value in record.items() if name in KEPT or _is_code(name, value)},
                      ensure_ascii=False)


def _is_code(name: str, value: object) -> bool:
    return name in CODES and not isinstance(value, bool) and SHORT_CODE.fullmatch(str(value)) is not None


def is_default(record: Mapping[str, object]) -> bool:
    """Whether a line says that nobody gave this rating: the time was over, and a default stood in (isdefault)."""
    return _plain(record.get("isdefault"), "isdefault") == IS_DEFAULT


def _telephone(text: str) -> str | None:
    """What can be called: a "无" or "0" that stands for no number is none."""
    return text if sum(character.isdigit() for character in text) >= FEWEST_DIGITS else None


def _normalise(values: dict[str, str], codes: tuple[str, ...], record: Mapping[str, object], text: str) -> Normalised:
    """The columns. An anonymous rater's name and telephone stay out of them."""
    named = values["anonymityFlag"] == REAL_NAME
    level = SATISFACTION[int(values["satisfaction"])]
    number = int(values["serviceNumber"])
    service = {
        "project_no": values["projectNo"], "service_number": number, "service_name": values["serviceName"] or None,
        "service_time": _moment(values["serviceTime"]), "task_code": values["taskCode"] or None,
        "task_name": values["taskName"] or None, "task_type": values["taskType"] or None,
        "area_code": values["areaCode"], "org_code": values["orgcode"] or None, "org_name": values["orgName"] or None,
        "handler_name": values["proManager"] or None, "handler_no": values["proManagerNo"] or None,
    }
    rating = {
        "level": level, "raw_level": values["satisfaction"], "detail_codes": ",".join(codes),
        "text": values["writingEvaluation"], "channel": values["pf"] or None, "rated_at": _moment(values["assessTime"]),
        "real_name": named and bool(values["userName"]), "rater_name": values["userName"] or None if named else None,
        "rater_phone": _telephone(values["mobile"]) if named else None, "raw": kept_line(record),
        "is_default": is_default(record),
    }
    return Normalised(values["projectNo"], number, values["areaCode"], level, service, rating, text)
