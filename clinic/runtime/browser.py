"""Find a Chromium for the browser tests; as a script, get one if there is none.

Only the standard library is here, so that the script runs without the package.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HELP = (
    "The browser tests need Chromium and none was found. Install it (Debian, Ubuntu: apt install chromium; others: "
    ".venv/bin/playwright install chromium), or name it: make test CHROMIUM=/path/to/chromium"
)


def find() -> str | None:
    """The Chromium of the machine: named in CHROMIUM, or on the PATH."""
    return os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)


def has_own() -> bool:
    """Has Playwright a Chromium that it downloaded itself?"""
    home = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    return any(home.glob("chromium*/*/*"))


def get() -> bool:
    """Install Debian's package if we may, else let Playwright download its own."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium for the browser tests…", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for step in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
            subprocess.run(
                ["apt-get", *step], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
            )
        if find():
            return True
    playwright = Path(sys.executable).with_name("playwright")
    print("Downloading Chromium for the browser tests…", flush=True)
    return subprocess.run([playwright, "install", "chromium"], stdin=subprocess.DEVNULL, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(0 if find() or has_own() or get() else HELP)
