#!/usr/bin/env python
"""The command line of Evenkeel."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    from django.core.management import execute_from_command_line

    from clinic.runtime.command_line import lend_servers

    lend_servers(sys.argv)
    execute_from_command_line(sys.argv)
