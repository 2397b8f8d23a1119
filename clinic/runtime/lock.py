"""Write the lock files anew: every package pinned, every file of it hashed, no address of a registry in them.

The local configuration of pip is left out, so that nothing comes from a directory of this machine.
"""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
NOTE = "# Made with `make lock` from {source}.\n"
OPTIONS = [
    "--quiet", "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--allow-unsafe", "--strip-extras",
    "--no-header",
]  # fmt: skip


def lock(name: str) -> None:
    """Lock one file of requirements."""
    environment = {key: value for key, value in os.environ.items() if key != "PIP_FIND_LINKS"}
    environment["PIP_CONFIG_FILE"] = os.devnull
    subprocess.run(
        [sys.executable, "-m", "piptools", "compile", *OPTIONS, *sys.argv[1:], "-o", f"{name}.txt", f"{name}.in"],
        cwd=PROJECT, env=environment, check=True,
    )  # fmt: skip
    path = PROJECT / f"{name}.txt"
    path.write_text(NOTE.format(source=f"{name}.in") + path.read_text())


if __name__ == "__main__":
    lock("requirements")
    lock("requirements-dev")
    lock("requirements-x12")
