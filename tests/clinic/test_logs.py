"""What the database quotes when it refuses a row names patients; the log says that it refused, and not what."""

import logging
import sys

from celery.contrib.testing.worker import setup_app_for_worker
from django.db import IntegrityError

from clinic.celery import app
from clinic.logs import NoSecrets

REFUSED = (
    'new row violates check constraint "patient_born"\n'
    "DETAIL:  Failing row contains (Maya Quillfeather,\n1984-03-14, +13105550142).\n"
)


def written(message: str, *args: object, exc: bool = False) -> str:
    record = logging.LogRecord("evenkeel", logging.ERROR, "", 0, message, args, sys.exc_info() if exc else None)
    assert NoSecrets().filter(record)
    return logging.Formatter().format(record)


def test_a_line_holds_no_row():
    line = written("the round broke off: %s", IntegrityError(REFUSED))
    assert ("patient_born" in line, "Quillfeather" in line, "1984" in line) == (True, False, False)


def test_a_traceback_holds_neither_row_nor_address():
    try:
        try:
            raise IntegrityError(REFUSED)
        except IntegrityError as first:
            raise ValueError("/p/abc_DEF-123/visits/") from first
    except ValueError:
        text = written("a task broke off", exc=True)
    assert "Quillfeather" not in text
    assert "1984" not in text
    assert "abc_DEF" not in text
    assert "The above exception" in text
    assert "ValueError: /p/…/visits/" in text


def test_a_worker_that_starts_leaves_the_log_as_it_is():
    def state():
        loggers = [logging.getLogger(name) for name in ("", "celery", "celery.task")]
        return [(each.level, [*each.handlers], each.propagate) for each in loggers]

    before = state()
    setup_app_for_worker(app, "error", None)
    assert state() == before
