"""Small files of every kind that may be added to a case, and of some that may not."""

from __future__ import annotations

import io
import zipfile

OOXML = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(40) + b"\xff\xd9"
PNG = (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
       b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82")
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def archive(*names: str, content: bytes = b"<x/>", packed: bool = False) -> bytes:
    """A ZIP archive with these parts."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as packing:
        for name in names:
            packing.writestr(name, content)
    return whole.getvalue()


def office(kind: str, *more: str, **how) -> bytes:
    return archive("[Content_Types].xml", "_rels/.rels", OOXML[kind], *more, **how)


def old_office(*streams: str) -> bytes:
    return COMPOUND + b"".join(stream.encode("utf-16-le").ljust(128, b"\x00") for stream in ("Root Entry", *streams))


TAKEN = {
    "photo.jpg": JPEG, "photo.png": PNG, "photo.webp": b"RIFF\x10\x00\x00\x00WEBPVP8 ", "letter.pdf": PDF,
    "call.mp3": b"ID3\x03" + bytes(20), "frames.mp3": b"\xff\xfb\x90\x44" + bytes(20),
    "call.wav": b"RIFF\x10\x00\x00\x00WAVEfmt ", "call.amr": b"#!AMR\n" + bytes(10), "call.ogg": b"OggS" + bytes(10),
    "call.m4a": b"\x00\x00\x00\x20ftypM4A " + bytes(10), "film.mp4": b"\x00\x00\x00\x20ftypisom" + bytes(10),
    **{f"office.{kind}": office(kind) for kind in OOXML},
    "old.doc": old_office("WordDocument"), "old.xls": old_office("Workbook"),
    "old.ppt": old_office("PowerPoint Document"),
    "note.txt": "第一行\r\n第二行\n".encode(), "gbk.txt": "评价人来电".encode("gb18030"),
    "notepad.txt": "评价人".encode("utf-16"),
}
REFUSED = {
    "program.jpg": b"MZ\x90\x00\x03\x00" + bytes(60), "elf.pdf": b"\x7fELF\x02\x01\x01" + bytes(60),
    "archive.docx": archive("evil.exe"), "any.zip": archive("a.txt", "b.txt"),
    "macros.docx": office("docx", "word/vbaProject.bin"), "macros.doc": old_office("WordDocument", "_VBA_PROJECT"),
    "setup.msi": old_office("SummaryInformation"), "animation.gif": b"GIF89a\x01\x00\x01\x00\x00",
    "film.avi": b"RIFF\x10\x00\x00\x00AVI LIST", "photo.heic": b"\x00\x00\x00\x20ftypheic" + bytes(10),
    "late.pdf": b"\x00\x00%PDF-1.7", "cut.docx": office("docx")[:60], "nul.txt": b"text\x00more", "bell.txt": b"\x07",
    "tape.rar": b"Rar!\x1a\x07\x01\x00" + bytes(20), "flash.swf": b"CWS\x09" + bytes(20),
}
