"""`python -m clinic.runtime run | servers`."""

import sys

from clinic.runtime.output import complain
from clinic.runtime.problems import Trouble
from clinic.runtime.stack import run, serve

COMMANDS = {"run": run, "servers": serve}


def main(arguments: list[str]) -> int:
    """Do what is asked; a trouble is a sentence, not a traceback."""
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    sys.stderr.reconfigure(errors="replace")  # type: ignore[union-attr]
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        complain("Usage: python -m clinic.runtime run | servers")
        return 2
    try:
        return COMMANDS[arguments[0]]()
    except Trouble as trouble:
        complain(str(trouble))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
