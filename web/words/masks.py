"""Persons' data made unrecognisable for everyday screens."""

from __future__ import annotations


def mask_name(name: str | None) -> str:
    """The family name and a star: 张三 → 张*. Nothing stays nothing."""
    name = (name or "").strip()
    return name[0] + "*" if name else ""


def mask_phone(phone: str | None) -> str:
    """First three and last four characters of a mobile number; of anything shorter only the last two."""
    phone = (phone or "").strip()
    if not phone:
        return ""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else f"****{phone[-2:] if len(phone) > 4 else ''}"
