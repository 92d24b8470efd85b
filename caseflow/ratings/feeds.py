"""Files of ratings, one a line, read in constant memory however long the file or one of its lines is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from caseflow.ratings.fields import MAX_LINE

BATCH_LINES = 500
BATCH_BYTES = 4_194_304
BOM = b"\xef\xbb\xbf"


def lines_of(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of an NDJSON stream without their ends; of an overlong line a little more than MAX_LINE bytes."""
    first = True
    while line := stream.readline(MAX_LINE + 8):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = stream.readline(MAX_LINE)
        yield line.removeprefix(BOM if first else b"").rstrip(b"\r\n")
        first = False


def batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Lines in groups for one transaction each: at most 500 lines, and little more than 4 MB."""
    batch: list[bytes] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line)
        if len(batch) >= BATCH_LINES or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
