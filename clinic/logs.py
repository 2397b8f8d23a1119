"""Log lines: which request they belong to, as text or as JSON, and what none may hold."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

from clinic import tracing

# Addresses that open something by themselves: a patient's offer, a calendar, a patient's own pages.
_SECRET = re.compile(r"(/(?:visits/(?:offer|calendar)|p)/)[A-Za-z0-9_-]+")
# Where the database refuses a row it quotes it: a name, a birth date, a number.
_QUOTED = re.compile(r"(DETAIL: ).*?(?=\nCONTEXT:|\n\n(?:The above|During handling)|\Z)", re.DOTALL)


def clean(words: str) -> str:
    """The words without what opens something, and without what the database quotes."""
    return _QUOTED.sub(r"\1…", _SECRET.sub(r"\1…", words))


class NoSecrets(logging.Filter):
    """Takes such things out of the line, and out of the traceback below it."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if (kept := clean(said)) != said:
            record.msg, record.args = kept, ()
        if record.exc_info and record.exc_info[0] is not None:
            told = record.exc_text or logging.Formatter().formatException(record.exc_info)
            record.exc_text = clean(told)  # what a formatter finds here it does not write anew
        return True


class WithRequest(logging.Filter):
    """Puts the id of the request that is worked for into the line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = tracing.current() or "-"
        return True


class AsJson(logging.Formatter):
    """One JSON object a line, for whatever gathers logs."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
        }
        if record.exc_info or record.exc_text:
            said["exception"] = record.exc_text or self.formatException(record.exc_info or (None, None, None))
        return json.dumps(said, ensure_ascii=False)


def requests(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a line for each answer. The page goes by its name, since an address may hold what opens something."""
    log = logging.getLogger("evenkeel.access")

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        match, user = request.resolver_match, getattr(request, "user", None)
        who = user.pk if user is not None and user.is_authenticated else "-"
        spent = (time.perf_counter() - began) * 1000
        page = match.view_name if match else "nowhere"
        log.info("%s %s %s %.0f ms by %s", request.method, page, response.status_code, spent, who)
        return response

    return middleware
