"""The root of all tests: the servers they need, then Django.

pytest-django would load the settings before this file is imported if pyproject.toml named them, and settings read
the address of the database once. So the order is made here.
"""

import os

import django

from clinic.runtime.testing import serve_tests

serve_tests()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
django.setup()
