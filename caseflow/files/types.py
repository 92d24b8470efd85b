"""What kind of file this is, by its content: only kinds that serve as evidence have a name. Nothing is unpacked."""

from __future__ import annotations

import codecs
import mmap
import os
import re
import struct
from pathlib import Path

EXTENSIONS = {   # kind → how the names of such files end, the usual one first
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
    "audio/mpeg": (".mp3",),
    "audio/mp4": (".m4a",),
    "audio/wav": (".wav",),
    "audio/amr": (".amr",),
    "audio/ogg": (".ogg", ".oga", ".opus"),
    "video/mp4": (".mp4", ".m4v"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx",),
    "application/msword": (".doc", ".wps"),
    "application/vnd.ms-excel": (".xls", ".et"),
    "application/vnd.ms-powerpoint": (".ppt", ".dps"),
    "text/plain": (".txt",),
}
IMAGES = frozenset({"image/jpeg", "image/png", "image/webp"})
BEGINNINGS = (
    (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"), (b"#!AMR", "audio/amr"), (b"OggS", "audio/ogg"),
)
AUDIO_BRANDS = (b"M4A ", b"M4B ")
VIDEO_BRANDS = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"M4V ", b"MSNV")
PACKED = b"PK\x03\x04"
PARTS = {   # the part of an office document that makes it one → kind
    b"word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STREAMS = (("WordDocument", "application/msword"), ("Workbook", "application/vnd.ms-excel"),
           ("PowerPoint Document", "application/vnd.ms-powerpoint"))
LARGEST_DIRECTORY = 1 << 20   # bytes of the list of parts of an office document
MOST_PARTS = 5_000
END_OF_DIRECTORY = struct.Struct("<4s4H2LH")
FARTHEST_END = END_OF_DIRECTORY.size + 0xFFFF
PART = struct.Struct("<4s6H3L5H2L")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
CHUNK = 1 << 16


def kind_of(path: Path) -> str | None:
    """The media type of the file; None for whatever is not in EXTENSIONS, and for documents that carry macros."""
    with path.open("rb") as file:
        head = file.read(64)
        kind = next((kind for begins, kind in BEGINNINGS if head.startswith(begins)), None) or _by_frame(head)
        if kind is None and head.startswith(PACKED):
            return _office(file)
        if kind is None and head.startswith(COMPOUND):
            return _old_office(file)
    return kind or _text(path)


def _by_frame(head: bytes) -> str | None:
    if head[:4] == b"RIFF":
        return {b"WAVE": "audio/wav", b"WEBP": "image/webp"}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return "audio/mp4" if head[8:12] in AUDIO_BRANDS else "video/mp4" if head[8:12] in VIDEO_BRANDS else None
    if len(head) >= 4 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:       # an MP3 frame: layer III
        rate, frequency = head[2] >> 4, head[2] >> 2 & 3
        return "audio/mpeg" if 0 < rate < 15 and frequency < 3 else None
    return None


def _office(file) -> str | None:
    """Which office document a packed file is, read from its list of parts; None for other archives."""
    names = _parts(file)
    if b"[Content_Types].xml" not in names or any(name.lower().endswith(b"vbaproject.bin") for name in names):
        return None
    return next((kind for part, kind in PARTS.items() if part in names), None)


def _parts(file) -> set[bytes]:
    """The names of the parts; none when the list is odd, or longer than any real document's."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - FARTHEST_END))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < END_OF_DIRECTORY.size:
        return set()
    _, _, _, _, count, length, start, _ = END_OF_DIRECTORY.unpack_from(tail, at)
    if not 0 < count <= MOST_PARTS or length > LARGEST_DIRECTORY or start + length > size:
        return set()
    file.seek(start)
    return _names(file.read(length), count)


def _names(directory: bytes, count: int) -> set[bytes]:
    names, at = set(), 0
    for _ in range(count):
        if len(directory) - at < PART.size or directory[at:at + 4] != b"PK\x01\x02":
            return set()
        long, extra, remark = PART.unpack_from(directory, at)[10:13]
        names.add(directory[at + PART.size:at + PART.size + long])
        at += PART.size + long + extra + remark
    return names


def _old_office(file) -> str | None:
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find("_VBA_PROJECT".encode("utf-16-le")) >= 0:
            return None
        return next((kind for name, kind in STREAMS if content.find(name.encode("utf-16-le")) >= 0), None)


def _text(path: Path) -> str | None:
    """Text in UTF-8, UTF-16 with its mark, or GB 18030, without control characters."""
    with path.open("rb") as file:
        marked = file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    return "text/plain" if any(_reads_as(path, code) for code in (("utf-16",) if marked else ("utf-8", "gb18030"))) \
        else None


def _reads_as(path: Path, code: str) -> bool:
    decoder = codecs.getincrementaldecoder(code)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                if CONTROLS.search(decoder.decode(chunk)):
                    return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
