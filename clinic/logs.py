"""What no log line may hold."""

from __future__ import annotations

import logging
import re

# Addresses that open something by themselves: a patient's offer, a calendar, a patient's own pages.
_SECRET = re.compile(r"(/(?:visits/(?:offer|calendar)|p)/)[A-Za-z0-9_-]+")


class NoSecrets(logging.Filter):
    """Takes the secret out of such an address, wherever in the line it stands."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        clean = _SECRET.sub(r"\1…", said)
        if clean != said:
            record.msg, record.args = clean, ()
        return True
