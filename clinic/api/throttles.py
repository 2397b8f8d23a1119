"""How much one token may ask. Counted in the cache that all web processes share."""

from __future__ import annotations

import logging
from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

log = logging.getLogger("evenkeel.api")


class ByToken(SimpleRateThrottle):
    scope = "token"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        return f"api:{request.auth.pk}" if request.auth else None

    def allow_request(self, request: Request, view: Any) -> bool:
        """Without a cache nothing is counted: the token is known all the same, and the clinic goes on working."""
        try:
            return super().allow_request(request, view)
        except Exception:
            log.warning("requests of tokens can't be counted", exc_info=True)
            return True
