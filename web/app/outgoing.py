"""From a delivery to what leaves: its words in the reader's language, and the channel that the settings name."""

from __future__ import annotations

from datetime import datetime, time

from flask import current_app
from flask_babel import force_locale

from caseflow.notices.channels import Message, Outcome, gateway, mail
from caseflow.notices.channels.gateway import Gateway
from caseflow.notices.channels.mail import Server
from caseflow.notices.deliveries import Rules, Try
from web.app.config import Settings, clock_time, quiet_hours
from web.words import messages


def rules() -> Rules:
    """The channels and the quiet hours of this installation."""
    settings = _settings()
    named = {"email": settings.smtp_host, "sms": settings.sms_url, "chat": settings.chat_url}
    begin, end = quiet_hours(settings)
    return Rules(frozenset(channel for channel, where in named.items() if where), begin, end,
                 settings.alarms_at_night)


def digest_at() -> time:
    return clock_time("digest_at", _settings().digest_at)


def send(one: Try, now: datetime) -> Outcome:
    """Try the delivery once, by its channel."""
    settings = _settings()
    with force_locale(one.locale):
        subject = messages.subject(one.kind, one.details)
        text = messages.text(one.kind, one.details, settings.public_url.rstrip("/"), short=one.channel == "sms")
    message = Message(one.key, one.to, one.kind, subject, text)
    if one.channel == "email":
        return mail.send(message, _server(settings), now)
    return gateway.send(message, _gateway(settings, one.channel), now)


def _settings() -> Settings:
    return current_app.config["CASEFLOW"]


def _server(settings: Settings) -> Server:
    return Server(settings.smtp_host, settings.smtp_port, settings.smtp_from, settings.smtp_user,
                  settings.smtp_password, settings.smtp_security, settings.channel_timeout)


def _gateway(settings: Settings, channel: str) -> Gateway:
    if channel == "sms":
        return Gateway(settings.sms_url, settings.sms_token, settings.sms_secret, settings.channel_timeout)
    return Gateway(settings.chat_url, settings.chat_token, settings.chat_secret, settings.channel_timeout)
