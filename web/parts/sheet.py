"""Lists as xlsx files in which nothing a rater wrote can become a formula."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from caseflow.moments import SHANGHAI

RISKY = tuple("=+-@\t\r\n＝＋－＠﹣−﹢﹦﹫")      # what a spreadsheet, or its CSV, may take for the start of a formula
LONGEST = 32_767                              # characters of a cell
MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MINUTE = "yyyy-mm-dd hh:mm"
Cell = str | int | datetime | None
Columns = Sequence[tuple[object, int, Callable[..., Cell]]]      # heading, width, what a row has there


def table(title: str, columns: Columns, rows: Iterable[tuple]) -> IO[bytes]:
    """The rows as a spreadsheet, rewound to its beginning. Moments become cells of Shanghai time, to sort by."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "B2"
    for position, (_heading, width, _value) in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.append([_heading_cell(sheet, str(heading)) for heading, _width, _value in columns])
    for row in rows:
        sheet.append([_cell(sheet, value(*row)) for _heading, _width, value in columns])
    file = TemporaryFile()  # noqa: SIM115 – the answer closes it when it is sent
    book.save(file)
    file.seek(0)
    return file


def _heading_cell(sheet: object, text: str) -> WriteOnlyCell:
    cell = text_cell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: object, value: Cell) -> WriteOnlyCell | None:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value.astimezone(SHANGHAI).replace(tzinfo=None, microsecond=0))
        cell.number_format = MINUTE
        return cell
    return text_cell(sheet, str(value))


def text_cell(sheet: object, text: str) -> WriteOnlyCell:
    """A cell that holds text whatever it looks like; one that looks like a formula also stays text when edited."""
    cell = WriteOnlyCell(sheet)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST]
    cell.data_type = "s"
    if text.lstrip(" \u3000").startswith(RISKY) or text.startswith(RISKY):
        cell.quotePrefix = True
    return cell
