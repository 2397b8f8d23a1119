"""What a broken HTTP line tells."""

from __future__ import annotations

import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError


def never_left(trouble: BaseException | None) -> bool:
    """Whether the request surely did not reach the other side: no line was ever open."""
    if isinstance(trouble, requests.ConnectTimeout):
        return True
    cause = trouble.args[0] if isinstance(trouble, requests.ConnectionError) and trouble.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError | ConnectTimeoutError)
