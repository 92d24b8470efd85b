"""A sheet that somebody sends: CSV or xlsx, as rows of plain texts with their line numbers.

Nothing in it is believed: sizes are bounded before anything is unpacked, formulas are refused, not computed.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import openpyxl

from caseflow.errors import InvalidInput

MAX_BYTES = 8 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 20
MAX_CELL = 200             # characters
MAX_UNPACKED = 64 * 1024 * 1024
MAX_PARTS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the sheet, counted from 1. `formulas` are the columns whose cell is a formula."""

    line: int
    cells: tuple[str, ...]
    formulas: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows that are not blank, and how the text was encoded: utf-8, gb18030 or xlsx."""

    rows: tuple[Row, ...]
    encoding: str


def read(content: bytes) -> Sheet:
    """The first sheet of the file. Refuses with InvalidInput what is none: its field "file" has the code."""
    if len(content) > MAX_BYTES:
        raise _refused("too_big")
    if content.startswith(b"PK\x03\x04"):
        rows, encoding = _workbook(content), "xlsx"
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refused("old_excel")
    else:
        text, encoding = _decoded(content)
        rows = _lines(text)
    kept = []
    for row in rows:
        if row.line > MAX_ROWS:
            raise _refused("too_long")
        if any(row.cells) or row.formulas:
            kept.append(row)
    if not kept:
        raise _refused("empty")
    return Sheet(tuple(kept), encoding)


def _refused(code: str, **facts: object) -> InvalidInput:
    return InvalidInput(fields={"file": code}, facts=facts)


def _decoded(content: bytes) -> tuple[str, str]:
    """UTF-8 with or without its mark, else GB18030, in which Chinese spreadsheets save CSV."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refused("utf16")
    for encoding, codec in (("utf-8", "utf-8-sig"), ("gb18030", "gb18030")):
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            raise _refused("encoding")
        return text, encoding
    raise _refused("encoding")


def _lines(text: str) -> Iterator[Row]:
    first = text.partition("\n")[0]
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield _row(reader.line_num, cells)
    except csv.Error:
        raise _refused("not_csv", line=reader.line_num) from None


def _row(line: int, cells: list[str]) -> Row:
    return Row(line, tuple(cell[:MAX_CELL + 1].strip() for cell in cells[:MAX_COLUMNS]))


def _workbook(content: bytes) -> Iterator[Row]:
    _require_harmless(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        for line, cells in enumerate(sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS), 1):
            formulas = frozenset(number for number, cell in enumerate(cells) if cell.data_type == "f")
            yield Row(line, tuple(_text(cell.value)[:MAX_CELL + 1].strip() for cell in cells), formulas)
    except InvalidInput:
        raise
    except Exception:     # whatever a damaged file makes the reader stumble over
        raise _refused("not_xlsx") from None


def _require_harmless(content: bytes) -> None:
    """Refuse what unpacks to too much, or declares entities, before any of it is read as XML."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            infos = parts.infolist()
            if len(infos) > MAX_PARTS or sum(info.file_size for info in infos) > MAX_UNPACKED:
                raise _refused("bomb")
            for info in infos:
                if info.filename.endswith((".xml", ".rels", ".vml")):
                    with parts.open(info) as part:
                        start = part.read(4096)
                    begins = start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
                    if not begins or b"<!" in start.replace(b"<!--", b""):      # UTF-16, or a document type
                        raise _refused("bomb")
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, EOFError, ValueError):
        raise _refused("not_xlsx") from None


def _text(value: object) -> str:
    """A cell as it reads: whole numbers without a decimal point, nothing for an empty one."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
