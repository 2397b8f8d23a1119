"""How much one token may ask. Counted in the cache that all web processes share."""

from __future__ import annotations

import logging
from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

log = logging.getLogger("evenkeel.api")


class ByToken(SimpleRateThrottle):
    scope = "token"
    num_requests: int | None
    duration: int | None
    left: float

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        return f"api:{request.auth.pk}" if request.auth else None

    def allow_request(self, request: Request, view: Any) -> bool:
        """Without a cache nothing is counted: the token is known all the same, and the clinic goes on working."""
        try:
            return self._counted(request, view)
        except Exception:
            log.warning("requests of tokens can't be counted", exc_info=True)
            return True

    def _counted(self, request: Request, view: Any) -> bool:
        """Whether this one is within what the rate allows from one full minute (or hour) to the next.

        The cache adds them up, not this process: of requests at the same moment none overwrites what another counted.
        """
        who, now = self.get_cache_key(request, view), self.timer()
        if who is None or self.num_requests is None or self.duration is None:
            return True
        key, self.left = f"{who}:{int(now // self.duration)}", self.duration - now % self.duration
        self.cache.add(key, 0, timeout=2 * self.duration)
        return int(self.cache.incr(key)) <= self.num_requests

    def wait(self) -> float:
        return self.left
