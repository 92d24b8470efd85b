"""The other channels on which a matter may be known, by name."""

from __future__ import annotations

from flask_babel import lazy_gettext

CHANNELS = {
    "hotline": lazy_gettext("12345热线工单"), "complaint": lazy_gettext("投诉"), "petition": lazy_gettext("信访"),
    "other": lazy_gettext("其他渠道"),
}


def channel_name(key: str) -> str:
    return str(CHANNELS.get(key, key))
