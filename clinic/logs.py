"""What no log line may hold."""

from __future__ import annotations

import logging
import re

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
