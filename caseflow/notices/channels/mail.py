"""E-mail over SMTP."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from caseflow.notices.channels import SENT, Message, Outcome, dead, retry

SECURITY = ("starttls", "tls", "none")


@dataclass(frozen=True, slots=True)
class Server:
    """The mail server. `security` is "starttls", "tls" (from the first byte) or "none"."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    security: str = "starttls"
    timeout: int = 10     # seconds


def send(message: Message, server: Server, now: datetime) -> Outcome:
    """Hand the message to the server once. Refused for good (5xx to recipient or content): dead; else try again.

    The idempotency key is in Message-ID, by which a mail store knows a message that came twice.
    """
    try:
        with _connected(server) as connection:
            connection.send_message(_mail(message, server, now))
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        return _judged(code, said)
    except smtplib.SMTPDataError as error:
        return _judged(error.smtp_code, error.smtp_error)
    except (smtplib.SMTPException, OSError) as error:     # also a wrong password: that is not the message's fault
        return retry(f"{type(error).__name__}: {error}")
    return SENT


def _judged(code: int, said: bytes | str) -> Outcome:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return dead(f"SMTP {code} {words}") if code >= 500 else retry(f"SMTP {code} {words}")


def _connected(server: Server) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.security == "tls":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
    try:
        if server.security == "starttls":
            connection.starttls(context=context)
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _mail(message: Message, server: Server, now: datetime) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = server.sender, message.to, message.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.key}@{server.sender.rpartition('@')[2].rstrip('>') or 'caseflow'}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    return mail
