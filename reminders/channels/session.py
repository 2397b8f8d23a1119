"""The lines that one run opens once: to the mail server, and to the provider of texts."""

from __future__ import annotations

from types import TracebackType

import requests
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

DJANGO_SMTP, OUR_SMTP = "django.core.mail.backends.smtp.EmailBackend", "reminders.channels.smtp.EmailBackend"


class Session:
    """Each line is opened at its first use, and again after trouble. One worker, one session: it is not shared."""

    def __init__(self) -> None:
        self._mail: BaseEmailBackend | None = None
        self._http: requests.Session | None = None

    @property
    def mail(self) -> BaseEmailBackend:
        """The open line to the mail server. Raises what opening raises."""
        if self._mail is None:
            backend = OUR_SMTP if settings.EMAIL_BACKEND == DJANGO_SMTP else settings.EMAIL_BACKEND
            self._mail = get_connection(backend, fail_silently=False)
        self._mail.open()
        return self._mail

    @property
    def http(self) -> requests.Session:
        if self._http is None:
            self._http = requests.Session()
        return self._http

    def drop_mail(self) -> None:
        """After trouble: the next letter opens a new line."""
        if self._mail is not None:
            self._mail.close()
            self._mail = None

    def close(self) -> None:
        self.drop_mail()
        if self._http is not None:
            self._http.close()
            self._http = None

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
