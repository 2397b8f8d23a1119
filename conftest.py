"""The root of all tests: the servers they need, then Django.

pytest-django would load the settings before this file is imported if pyproject.toml named them, and settings read
the address of the database once. So the order is made here.
"""

import os
import sys
from typing import Any

import django
import pytest
from django.conf import settings

from clinic.runtime.browser import find
from clinic.runtime.testing import serve_tests

# What is compiled is kept, whatever the machine says: else each worker and each server that a test starts compiles the
# whole house again, a second of every start.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
serve_tests()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
# pytest-playwright keeps an event loop running in the thread of the tests, where Django would refuse its ORM.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
if template := os.environ.get("EVENKEEL_TEST_TEMPLATE"):
    settings.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = template
if worker := os.environ.get("PYTEST_XDIST_WORKER"):  # a worker's wrong passwords are no other's, nor what it clears
    number = int(worker.removeprefix("gw")) % 15 + 1
    settings.CACHES["default"]["LOCATION"] = f"{settings.REDIS_URL.partition('?')[0]}?db={number}"
# A password worth guessing costs a tenth of a second to hash; those of tests guard nothing.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
# Every client of a test starts the house anew; static files are looked for when asked for, not listed each time.
settings.WHITENOISE_AUTOREFRESH = True
# Whatever a request of a test reads row by row is an error, found by zeal. The second time is none yet: a page that
# shows what a verb has refused reads it again. Nor is the look that goes before a row is made for an occasion of its
# own, whose key nobody else may have, nor are visits and series of which a verb locks one after the other by its id;
# and a refused signature weighs the earlier treatments for the verb, the page and each payer.
settings.INSTALLED_APPS.append("zeal")
settings.MIDDLEWARE.insert(0, "zeal.middleware.zeal_middleware")
settings.ZEAL_NPLUSONE_THRESHOLD = 3
settings.ZEAL_ALLOWLIST = [
    {"model": "infusions.Series", "field": "get()"},
    {"model": "insurance.Verification", "field": "get()"},
    {"model": "patients.IntakeRow", "field": "get()"},
    {"model": "patients.Patient", "field": "trials"},
    {"model": "reminders.FollowUp", "field": "get()"},
    {"model": "reminders.Message", "field": "get()"},
    {"model": "visits.Appointment", "field": "get()"},
]
django.setup()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's Chromium, else Playwright's own; without its sandbox, which root and containers can't have."""
    chromium = {"executable_path": path} if (path := find()) else {}
    return {
        **browser_type_launch_args,
        **chromium,
        "args": ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
    }
