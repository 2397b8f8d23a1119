"""A supervisor of its own, started by a test in a directory with a space, and what can be seen of it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
OURS = (
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "FIELD_KEYS",
    "PRIVATE_NOTE_KEYS",
    "EVENKEEL_MODE",
    "DJANGO_SETTINGS_MODULE",
    "MAKELEVEL",
)


def outside(**more: str) -> dict[str, str]:
    """The environment of somebody who has just opened a terminal."""
    return {name: value for name, value in os.environ.items() if name not in OURS} | {"EVENKEEL_DEMO": "no"} | more


def eventually(question: Callable[[], object], seconds: float = 30) -> float:
    """Wait until it is true; the seconds it took."""
    began = time.monotonic()
    while not question():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - began


def is_alive(pid: int) -> bool:
    """A zombie is not alive."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def parents() -> dict[int, int]:
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            found[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    return found


def descendants(pid: int) -> set[int]:
    """Everything below a process."""
    family = parents()
    found: set[int] = set()
    level = {pid}
    while level := {child for child, parent in family.items() if parent in level}:
        found |= level
    return found


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


@dataclass
class Running:
    """A supervisor that was started."""

    process: subprocess.Popen[bytes]
    output: Path

    def said(self) -> str:
        return self.output.read_text()

    def wait_for(self, text: str, seconds: float = 120) -> None:
        def look() -> bool:
            if self.process.poll() is not None and text not in self.said():
                raise AssertionError(f"ended with {self.process.returncode}: {self.said()}")
            return text in self.said()

        eventually(look, seconds)

    def url(self, name: str) -> str:
        """An address the `servers` command printed."""
        found = re.search(rf"export {name}='(.*)'", self.said())
        assert found
        return found[1]

    def child(self, part: str) -> int:
        """The direct child whose command line holds these words."""
        found = [pid for pid, parent in parents().items() if parent == self.process.pid and part in command(pid)]
        return found[0] if found else 0

    def end(self, number: signal.Signals = signal.SIGTERM, seconds: float = 15) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=seconds)


@contextmanager
def running(mode: str, var: Path, **more: str) -> Iterator[Running]:
    """Start it, and leave nothing behind."""
    output = var.parent / f"output {time.monotonic_ns()}"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "clinic.runtime", mode],
            cwd=PROJECT,
            env=outside(EVENKEEL_VAR=str(var), **more),
            stdout=file,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
    try:
        yield Running(process, output)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=30)


def attempt(mode: str, var: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Start it, expecting it to refuse."""
    return subprocess.run(
        [sys.executable, "-m", "clinic.runtime", mode],
        cwd=PROJECT,
        env=outside(EVENKEEL_VAR=str(var), **more),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
