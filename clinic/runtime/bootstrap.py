"""Make the virtual environment, and install a lock file into it when it has changed.

Run as a script with any Python 3.11 or newer: `python3 clinic/runtime/bootstrap.py requirements.txt`. Only the standard
library is here.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
# What can't live beside our own packages has an environment of its own inside the other one, filled by its pip.
APART = {"requirements-x12.txt": "x12"}
# The development lock holds everything of the other one (tests/runtime/test_locks.py sees to it).
CONTAINS = {
    "requirements.txt": ["requirements.txt"],
    "requirements-dev.txt": ["requirements-dev.txt", "requirements.txt"],
}


def stamp(lock: str) -> Path:
    """The file that says what was installed."""
    return VENV / f"{lock}.installed"


def digest(lock: str) -> str:
    """What has to be installed: the lock's content for this very interpreter."""
    content = (PROJECT / lock).read_bytes()
    version = subprocess.run([PYTHON, "-VV"], capture_output=True, check=True).stdout
    return hashlib.sha256(content + version).hexdigest()


def works(*arguments: str) -> bool:
    """Does the environment's Python do this without an error?"""
    try:
        return subprocess.run([PYTHON, *arguments], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def make_environment() -> None:
    """Make .venv, or make it again when it is broken: half made, moved, or its Python gone."""
    if works("-m", "pip", "--version") and works("-c", "import sys; sys.exit(sys.version_info < (3, 11))"):
        return
    print("Making the virtual environment .venv…", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True, check=False)
    if made.returncode:
        sys.exit(
            f"Python can't make a virtual environment here:\n{made.stdout}{made.stderr}\n"
            "On Debian and Ubuntu its part for that is a package of its own: apt install python3-venv"
        )


def install(lock: str, *where: str) -> None:
    """Install exactly what the lock says, each file checked against its hash."""
    pip = [str(PYTHON), "-m", "pip", *where, "install", "--require-hashes", "--no-deps", "--no-input", "-qq"]
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    if subprocess.run([*pip, "-r", lock], cwd=PROJECT, env=environment, check=False).returncode:
        sys.exit(f"{lock} could not be installed; the reason stands above. When it is mended, run the command again.")


def set_up_apart(lock: str) -> None:
    """Make the environment of this lock anew, when the lock has changed."""
    venv = VENV / APART[lock]
    python, installed = venv / "bin" / "python", venv / f"{lock}.installed"
    if installed.exists() and python.exists() and installed.read_text() == digest(lock):
        return
    print(f"Installing {lock} (once; a few seconds)…", flush=True)
    subprocess.run([PYTHON, "-m", "venv", "--clear", "--without-pip", venv], check=True)
    install(lock, "--python", str(python))
    installed.write_text(digest(lock))


def main(lock: str) -> None:
    """Do nothing when all is there; several at once wait for each other."""
    directory = os.open(PROJECT, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        if lock in APART:
            set_up_apart(lock)
        elif not (stamp(lock).exists() and PYTHON.exists() and stamp(lock).read_text() == digest(lock)):
            make_environment()
            print(f"Installing {lock} (once; about half a minute)…", flush=True)
            install(lock)
            for contained in CONTAINS[lock]:
                stamp(contained).write_text(digest(contained))
    finally:
        os.close(directory)


if __name__ == "__main__":
    main(sys.argv[1])
