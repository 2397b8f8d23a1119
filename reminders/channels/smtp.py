"""Django's way to a mail server, which can say after a break whether the letter may have been taken."""

from __future__ import annotations

import smtplib
from typing import Any

from django.core.mail.backends import smtp

from reminders.channels.answers import NotKnown


class _Telling(smtplib.SMTP):
    """Until the letter itself is handed over nothing was sent; a line that breaks from then on leaves it open."""

    def data(self, msg: Any) -> tuple[int, bytes]:
        try:
            return super().data(msg)
        except (smtplib.SMTPServerDisconnected, OSError) as trouble:
            raise NotKnown(f"The line broke while the letter was handed over: {trouble}") from trouble


class _TellingSecurely(_Telling, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


class EmailBackend(smtp.EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _TellingSecurely if self.use_ssl else _Telling
