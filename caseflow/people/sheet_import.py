"""Offices and people from a sheet: what each line would do or what is wrong with it, then all of it or nothing.

A file of people has the columns 账号, 姓名, 工号, 单位编码, and 岗位 where whoever imports may give roles; a file of
offices 编码, 名称, 级别, 上级编码, 地区代码. Which it is shows its heading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select

from caseflow.casefile import journal
from caseflow.errors import InvalidInput
from caseflow.files import spreadsheets
from caseflow.files.spreadsheets import Row
from caseflow.law import regulations
from caseflow.models import ImportDraft, Profile, RoleAssignment, Unit, User, db
from caseflow.models.people import DUTIES, LEVELS, ROLES
from caseflow.people import accounts, duties, units
from caseflow.people.permissions import Actor

HEADINGS = {
    "账号": "username", "username": "username", "姓名": "name", "名称": "name", "name": "name", "工号": "staff_no",
    "staff_no": "staff_no", "单位编码": "unit", "unit": "unit", "岗位": "role", "role": "role", "编码": "code",
    "单位代码": "code", "code": "code", "级别": "level", "level": "level", "上级编码": "parent", "parent": "parent",
    "地区代码": "area", "area": "area",
}
NEEDED = {"people": ("username", "name", "unit"), "units": ("code", "name")}
KNOWN = {"people": ("username", "name", "staff_no", "unit", "role"),
         "units": ("code", "name", "level", "parent", "area")}
LEVEL_WORDS = {"省": "province", "市": "city", "县": "district", "区": "district", "县（市、区）": "district",
               "乡镇": "town", "街道": "town", "村": "village", "社区": "village", **{level: level for level in LEVELS}}
ROLE_WORDS = {"经办人": "officer", "督办人员": "supervisor", "督办人": "supervisor", "窗口人员": "staff",
              "复核人": "reviewer", "审计人": "auditor", "系统管理员": "admin", "安全管理员": "security",
              **{role: role for role in ROLES}}
PER_ENTRY = 500      # lines of one journal entry


@dataclass(frozen=True, slots=True)
class Line:
    """What a line of the file would do: verdict "add", "change", "same" or "wrong".

    Of a wrong one `problem` is the code, and `found` what it found: a word of the line, or the line it repeats.
    """

    line: int
    subject: str
    verdict: str
    problem: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    found: str | int = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the whole file would do; `kind` is "people" or "units"."""

    kind: str
    regulation: str
    encoding: str
    lines: tuple[Line, ...]

    def count(self, verdict: str) -> int:
        """How many lines have this verdict."""
        return sum(line.verdict == verdict for line in self.lines)


def plan(content: bytes, regulation: str, actor: Actor) -> Plan:
    """Read the file and say what it would do, without doing it. For system administrators of the regulation.

    Refuses (InvalidInput, field "file") what is no sheet, or has no heading that says what its columns are.
    """
    regulations.get(regulation)
    duties.require(actor, "admin", regulation)
    sheet = spreadsheets.read(content)
    kind, columns = _heading(sheet.rows[0])
    given = [(row, _values(row, columns)) for row in sheet.rows[1:]]
    judge = _people if kind == "people" else _units
    return Plan(kind, regulation, sheet.encoding, tuple(judge(given, regulation, actor)))


def store(found: Plan, now: datetime, actor: Actor) -> int:
    """Do what the plan says, all of it; returns how many lines changed something.

    Refuses a plan with a wrong line (InvalidInput). The journal has the values before and after, 500 lines an entry.
    """
    duties.require(actor, "admin", found.regulation)
    if found.count("wrong"):
        raise InvalidInput("Some lines are wrong; nothing was imported.", fields={"file": "wrong_lines"})
    changing = [line for line in found.lines if line.verdict in ("add", "change")]
    apply = _store_people if found.kind == "people" else _store_units
    changed = apply(changing, found.regulation)
    for part in _parts(changed):
        journal.append(None, f"{found.kind}_imported", actor, now, {
            "regulation": found.regulation, "count": len(part), "lines": part})
    return len(changing)


def keep(content: bytes, name: str, regulation: str, actor: Actor, now: datetime) -> ImportDraft:
    """Keep a file that was looked at until its sender confirms it; it takes the place of the one before."""
    draft = ImportDraft(user_id=actor.user_id, regulation=regulation, name=name[:120], content=content,
                        digest=sha256(content).hexdigest(), created_at=now)
    return db.session.merge(draft)


def kept(actor: Actor) -> ImportDraft | None:
    """The file that the actor has sent and not yet confirmed."""
    return db.session.get(ImportDraft, actor.user_id)


def forget(draft: ImportDraft) -> None:
    """Drop the file that was kept, whether it was imported or not."""
    db.session.delete(draft)


def _parts(rows: Sequence) -> Iterator[list]:
    for start in range(0, len(rows), PER_ENTRY):
        yield list(rows[start:start + PER_ENTRY])


def _heading(row: Row) -> tuple[str, list[str | None]]:
    columns = [HEADINGS.get(cell.strip().lower().lstrip("\ufeff")) for cell in row.cells]
    for kind, needed in NEEDED.items():
        if set(needed) <= set(columns):
            strange = [cell for cell, column in zip(row.cells, columns, strict=True)
                       if cell and column not in KNOWN[kind]]
            named = [column for column in columns if column]
            if strange or len(named) != len(set(named)):
                raise InvalidInput(fields={"file": "columns"}, facts={"strange": strange})
            return kind, columns
    raise InvalidInput(fields={"file": "heading"})


def _values(row: Row, columns: Sequence[str | None]) -> dict[str, str]:
    return dict.fromkeys(filter(None, columns), "") | {
        column: cell for column, cell in zip(columns, row.cells, strict=False) if column}


def _wrong(line: Line, code: str, found: str | int = "") -> Line:
    return replace(line, verdict="wrong", problem=code, found=found)


def _shape(row: Row) -> str | None:
    if row.formulas:
        return "formula"
    return "too_long" if any(len(cell) > spreadsheets.MAX_CELL for cell in row.cells) else None


def _good(check, *values: str) -> bool:
    try:
        check(*values)
    except InvalidInput:
        return False
    return True


# --- people -------------------------------------------------------------------------------------------------------


def _people(given: list[tuple[Row, dict[str, str]]], regulation: str, actor: Actor) -> Iterator[Line]:
    offices, seen = _offices(regulation), {}
    known = {user.username: user for user in _users([values.get("username", "").lower() for _, values in given])}
    own = {user.username for user in _within(regulation, known)}
    for row, values in given:
        values = values | {"username": values.get("username", "").lower(), "name": " ".join(values["name"].split())}
        line = Line(row.line, values["username"], "add", values=values)
        problem = _shape(row) or _of_person(values, actor)
        if problem:
            yield _wrong(line, problem, values.get("role", ""))
        elif values["username"] in seen:
            yield _wrong(line, "doubled", seen[values["username"]])
        elif values["unit"] not in offices:
            yield _wrong(line, "unknown_unit", values["unit"])
        else:
            seen[values["username"]] = row.line
            yield _against(line, known.get(line.subject), line.subject in own, offices)


def _of_person(values: Mapping[str, str], actor: Actor) -> str | None:
    if not accounts.USERNAME.fullmatch(values["username"]):
        return "username"
    if not _good(accounts.good_name, values["name"]):
        return "name"
    if not accounts.STAFF_NO.fullmatch(values.get("staff_no", "")):
        return "staff_no"
    if values.get("role"):
        if not actor.is_system:
            return "role_not_yours"
        return None if values["role"] in ROLE_WORDS else "role"
    return None


def _against(line: Line, user: User | None, own: bool, offices: Mapping[str, int]) -> Line:
    """The line beside the account there is."""
    if user is None:
        return line
    if not own:
        return _wrong(line, "foreign", line.subject)
    if not user.active:
        return _wrong(line, "stopped", line.subject)
    role, unit = ROLE_WORDS.get(line.values.get("role", "")), offices[line.values["unit"]]
    held = {assignment.role for assignment in user.roles}
    if role and held - {role} and (held | {role}) & set(DUTIES):
        return _wrong(line, "apart")
    new_role = role and (role, unit) not in {(post.role, post.unit_id) for post in user.roles}
    same = (user.name, user.staff_no or "", user.profile.unit_id if user.profile else None) == (
        line.values["name"], line.values.get("staff_no", user.staff_no or ""), unit)
    return replace(line, verdict="same" if same and not new_role else "change")


def _store_people(lines: list[Line], regulation: str) -> list[dict]:
    offices = _offices(regulation)
    known = {user.username: user for user in _users([line.subject for line in lines])}
    changed = []
    for line in lines:
        user = known.get(line.subject)
        before = _facts(user) if user else None
        if user is None:
            user = User(username=line.subject, name="", password_hash=accounts.NO_PASSWORD, active=True, demo=False)
            db.session.add(user)
        user.name, user.staff_no = line.values["name"], line.values.get("staff_no", user.staff_no or "") or None
        if user.profile is None:
            user.profile = Profile(email="", phone="", chat="", channels="", digest=False, read_to=0)
        unit = offices[line.values["unit"]]
        user.profile.unit_id = unit
        role = ROLE_WORDS.get(line.values.get("role", ""))
        if role and (role, unit) not in {(post.role, post.unit_id) for post in user.roles}:
            user.roles.append(RoleAssignment(unit_id=unit, role=role))
        changed.append({"user": line.subject, "before": before, "after": _facts(user)})
    db.session.flush()
    return changed


def _facts(user: User) -> dict[str, object]:
    return {"name": user.name, "staff_no": user.staff_no, "unit": user.profile.unit_id if user.profile else None,
            "roles": sorted([post.role, post.unit_id] for post in user.roles)}


def _users(names: Sequence[str]) -> Iterator[User]:
    for part in _parts(sorted(set(names))):
        yield from db.session.scalars(select(User).where(User.username.in_(part))).unique()


def _within(regulation: str, known: Mapping[str, User]) -> Iterator[User]:
    for part in _parts(sorted(known)):
        yield from db.session.scalars(select(User).where(
            User.username.in_(part), duties.within(frozenset({regulation})))).unique()


def _offices(regulation: str) -> dict[str, int]:
    """The active offices of the regulation, by code and by key."""
    rows = db.session.execute(select(Unit.id, Unit.code, Unit.key).where(Unit.regulation == regulation, Unit.active))
    found = {}
    for number, code, key in rows:
        found[code] = number
        if key:
            found.setdefault(key, number)
    return found


# --- offices ------------------------------------------------------------------------------------------------------


def _units(given: list[tuple[Row, dict[str, str]]], regulation: str, actor: Actor) -> Iterator[Line]:
    there = {unit.code: unit for unit in db.session.scalars(select(Unit).where(Unit.regulation == regulation))}
    by_id = {unit.id: unit for unit in there.values()}
    usable = {unit.code: unit.area_code for unit in there.values() if unit.active}
    seen: dict[str, int] = {}
    for row, values in given:
        line, code = Line(row.line, values["code"], "add", values=values), values["code"]
        parent = values.get("parent", "")
        area = values.get("area", "") or (there[code].area_code if code in there else usable.get(parent, ""))
        given_level = values.get("level", "")
        values |= {"area": area, "level": LEVEL_WORDS.get(given_level or "district", "")}
        problem = _shape(row) or _of_unit(values)
        if problem:
            yield _wrong(line, problem, given_level)
        elif code in seen:
            yield _wrong(line, "doubled", seen[code])
        elif code in there and not there[code].active:
            yield _wrong(line, "unit_exists", code)
        elif parent and parent not in usable or parent == code:
            yield _wrong(line, "unknown_parent", parent)
        else:
            seen[code] = row.line
            usable[code] = area
            yield _against_unit(line, there.get(code), by_id)


def _of_unit(values: Mapping[str, str]) -> str | None:
    if not values["level"]:
        return "level"
    for name, pattern in (("code", units.CODE), ("area", units.AREA)):
        if not pattern.fullmatch(values[name]):
            return name
    return None if _good(units.check, values["code"], values["name"], values["level"], values["area"]) else "name"


def _against_unit(line: Line, unit: Unit | None, by_id: Mapping[int, Unit]) -> Line:
    """The line beside the office there is: only its name changes by a file; level, area and place stay."""
    if unit is None:
        return line
    return replace(line, verdict="same" if unit.name == line.values["name"].strip() else "change")


def _store_units(lines: list[Line], regulation: str) -> list[dict]:
    there = {unit.code: unit for unit in db.session.scalars(select(Unit).where(Unit.regulation == regulation))}
    changed = []
    for line in lines:
        values, unit = line.values, there.get(line.subject)
        before = units.facts(unit) if unit else None
        if unit is None:
            parent = there.get(values.get("parent", ""))
            unit = Unit(regulation=regulation, code=line.subject, level=values["level"], area_code=values["area"],
                        parent_id=parent.id if parent else None, active=True, name=values["name"].strip())
            db.session.add(unit)
            db.session.flush()
            there[line.subject] = unit
        unit.name = values["name"].strip()
        changed.append({"unit": line.subject, "before": before, "after": units.facts(unit)})
    return changed
