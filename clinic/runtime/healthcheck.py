"""`python -m clinic.runtime.healthcheck`: does the web process of this container answer? For docker-compose.yml."""

import os
import sys
import urllib.request


def main() -> int:
    """Ask under a name the application answers to; any other Host would be refused."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].lstrip(".")
    address = f"http://127.0.0.1:{os.environ.get('PORT') or 8000}/health/live"
    request = urllib.request.Request(address, headers={"Host": host, "X-Forwarded-Proto": "https"})
    try:
        with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310 - our own address
            return 0 if answer.status == 200 else 1
    except OSError as error:
        print(error, file=sys.stderr)  # noqa: T201 - docker shows it
        return 1


if __name__ == "__main__":
    sys.exit(main())
