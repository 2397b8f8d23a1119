"""Celery carries ticks and ids; the truth is rows in PostgreSQL."""

import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")

app = Celery("evenkeel")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _leave_the_log(**_: object) -> None:
    """Logging is the house's own: Celery would set other levels, and handlers that let secrets through."""
