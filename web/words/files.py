"""Files in words: what kind they are, how large, and why one was not taken."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import format_decimal, gettext, lazy_gettext

KINDS = {
    "image/jpeg": lazy_gettext("图片"), "image/png": lazy_gettext("图片"), "image/webp": lazy_gettext("图片"),
    "application/pdf": "PDF", "video/mp4": lazy_gettext("视频"), "text/plain": lazy_gettext("文本"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": lazy_gettext("文字文档"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": lazy_gettext("表格"),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": lazy_gettext("演示文稿"),
    "application/msword": lazy_gettext("文字文档"), "application/vnd.ms-excel": lazy_gettext("表格"),
    "application/vnd.ms-powerpoint": lazy_gettext("演示文稿"),
}
UNITS = ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB"))
REFUSED = {
    "empty": lazy_gettext("文件是空的，请检查后重新选择"),
    "too_large": lazy_gettext("文件超过 %(limit)s，请压缩或分成几个文件"),
    "not_allowed": lazy_gettext(
        "不支持这种文件。可以上传图片（JPG、PNG、WebP）、录音、MP4 视频、PDF、不带宏的办公文档和纯文本"),
    "case_full": lazy_gettext("这个案件的附件已达上限，请先与管理员联系"),
    "missing": lazy_gettext("没有选择文件"),
}


def kind_name(kind: str) -> str:
    return gettext("录音") if kind.startswith("audio/") else str(KINDS.get(kind, kind))


def size_in_words(size: int) -> str:
    """The size as people read it, such as 1.2 MB."""
    step, name = next(((step, name) for step, name in UNITS if size >= step), (1, "B"))
    return f"{format_decimal(round(size / step, 1 if step > 1 else 0))} {name}"


def refused(fields: Mapping[str, str], limit: int) -> str:
    """Why a file was not taken, from InvalidInput's fields."""
    sentence = REFUSED.get(fields.get("file", ""), REFUSED["not_allowed"])
    return str(sentence) % {"limit": size_in_words(limit)}
