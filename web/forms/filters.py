"""What a list is narrowed to, read from its address. Odd values count as not given: a bookmark never breaks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime

from caseflow.casefile import kinds
from caseflow.cases.ledger import CaseFilter
from caseflow.models.cases import CASE_STATUSES
from caseflow.models.ratings import RATING_LEVELS
from caseflow.moments import ONE_DAY, start_of
from web.forms.typed import read_day, tidy

SEARCH_LIMIT = 80      # characters
LAST_PAGE = 100_000
LAST_ID = 2**31
SCOPES = ("all", "mine", "unit")
DUE = ("overdue", "today", "soon")


@dataclass(frozen=True, slots=True)
class WorkFilter:
    """The filter of the worklist. `due` and `regulation` are "" for all."""

    scope: str = "all"
    due: str = ""
    regulation: str = ""
    q: str = ""


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """The filter of the ledger as typed; days are YYYY-MM-DD of Shanghai or "", `opened_to` inclusive."""

    regulation: str = ""
    status: str = ""
    unit: str = ""
    level: str = ""
    opened_from: str = ""
    opened_to: str = ""
    overdue: str = ""
    planned: str = ""
    q: str = ""

    def wanted(self) -> CaseFilter:
        end = _midnight(self.opened_to)
        return CaseFilter(
            kinds=kinds.listed(), regulation=self.regulation or None, status=self.status or None,
            level=self.level or None,
            unit_id=int(self.unit) if self.unit else None, opened_from=_midnight(self.opened_from),
            opened_to=end + ONE_DAY if end else None, overdue=bool(self.overdue), planned=bool(self.planned),
            search=self.q)


def work_filter(args: Mapping[str, str], regulations: Collection[str]) -> WorkFilter:
    return WorkFilter(scope=_one_of(args, "scope", SCOPES) or "all", due=_one_of(args, "due", DUE),
                      regulation=_one_of(args, "regulation", regulations), q=search_text(args))


def ledger_filter(args: Mapping[str, str], regulations: Collection[str]) -> LedgerFilter:
    return LedgerFilter(
        regulation=_one_of(args, "regulation", regulations), status=_one_of(args, "status", CASE_STATUSES),
        level=_one_of(args, "level", RATING_LEVELS), unit=_id(args.get("unit", "")),
        opened_from=_day(args.get("opened_from", "")), opened_to=_day(args.get("opened_to", "")),
        overdue=_ticked(args, "overdue"), planned=_ticked(args, "planned"), q=search_text(args))


def search_text(args: Mapping[str, str]) -> str:
    text = tidy(args.get("q", ""))[:SEARCH_LIMIT].strip()
    return "".join(c for c in text if c.isprintable() or c == "\u3000")


def page_number(args: Mapping[str, str]) -> int:
    text = args.get("page", "1")
    return min(max(int(text), 1), LAST_PAGE) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def as_query(chosen: WorkFilter | LedgerFilter) -> dict[str, str]:
    """The filter as arguments of an address; what is at its default is left out."""
    usual = {f.name: f.default for f in fields(chosen)}
    return {name: value for name, value in asdict(chosen).items() if value != usual[name]}


def _one_of(args: Mapping[str, str], name: str, allowed: Collection[str]) -> str:
    value = args.get(name, "")
    return value if value in allowed else ""


def _ticked(args: Mapping[str, str], name: str) -> str:
    return "1" if args.get(name) == "1" else ""


def is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 11 and int(text) < LAST_ID


def _id(text: str) -> str:
    return text if is_id(text) else ""


def _day(text: str) -> str:
    day = read_day(text)
    try:
        return day if 1900 < datetime.strptime(day, "%Y-%m-%d").year < 2200 else ""
    except ValueError:
        return ""


def month(text: str) -> str:
    """YYYY-MM when the text is a month, else ""."""
    return text if _day(f"{text}-01") == f"{text}-01" else ""


def _midnight(day: str) -> datetime | None:
    return start_of(date.fromisoformat(day)) if day else None


def local_path(text: str) -> str:
    """The text if it is a plain path of this site, else ""."""
    plain = text.startswith("/") and not text.startswith("//") and "\\" not in text and text.isprintable()
    return text if plain and len(text) < 500 else ""
