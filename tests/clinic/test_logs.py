"""What the database quotes when it refuses a row names patients; the log says that it refused, and not what."""

import json
import logging
import sys
from types import SimpleNamespace

import pytest
from celery import signals
from celery.contrib.testing.worker import setup_app_for_worker
from django.db import IntegrityError
from django.urls import reverse

from clinic import tracing
from clinic.celery import app
from clinic.logs import AsJson, NoSecrets, WithRequest

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


def test_a_line_as_json_names_the_request_and_holds_no_row():
    record = logging.LogRecord("evenkeel", logging.ERROR, "", 0, "broke off: %s", (IntegrityError(REFUSED),), None)
    with tracing.request("request-of-a-page"):
        assert WithRequest().filter(record)
    assert NoSecrets().filter(record)
    said = json.loads(AsJson().format(record))
    assert (said["request"], said["level"], said["logger"]) == ("request-of-a-page", "ERROR", "evenkeel")
    assert "Quillfeather" not in said["message"]


def test_an_exception_as_json_is_one_line_without_the_row():
    try:
        raise IntegrityError(REFUSED)
    except IntegrityError:
        record = logging.LogRecord("evenkeel", logging.ERROR, "", 0, "broke off", (), sys.exc_info())
    NoSecrets().filter(record)
    text = AsJson().format(record)
    assert "\n" not in text
    assert "Quillfeather" not in text
    assert "IntegrityError" in json.loads(text)["exception"]


@pytest.mark.django_db
def test_a_page_is_logged_by_its_name_and_not_by_its_address(client, patient, nurse, caplog):
    client.force_login(nurse)
    address = reverse("patients:edit", args=[patient.pk])
    with caplog.at_level(logging.INFO, logger="evenkeel.access"):
        client.get(f"{address}?q=Quillfeather", headers={"X-Request-ID": "the-id-of-this-request"})
    (line,) = [each.getMessage() for each in caplog.records if each.name == "evenkeel.access"]
    assert line.startswith("GET patients:edit 200 ")
    assert line.endswith(f" ms by {nurse.pk}")
    assert "Quillfeather" not in line


def test_a_task_belongs_to_the_request_that_handed_it_over():
    headers = {}
    with tracing.request("request-of-a-page"):
        signals.before_task_publish.send(sender="any", headers=headers, body=None)
    assert headers == {tracing.HEADER: "request-of-a-page"}
    task = SimpleNamespace(request={tracing.HEADER: "request-of-a-page"}, name="any")
    tracing._take_up(task=task)
    assert tracing.current() == "request-of-a-page"
    tracing._put_down()
    assert tracing.current() == ""
