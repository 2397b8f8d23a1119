"""The parent of every part: starts them, restarts what dies, stops all in order.

Parts are direct children, so a dead one is noticed at once and leaves no zombie; the kernel ends them when we are
killed (see shim.py). Grandchildren whose own parent was killed come to us too, and are reaped.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

from clinic.runtime.output import open_log, say, tail
from clinic.runtime.problems import Trouble

PR_SET_CHILD_SUBREAPER = 36
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE_SECONDS = 8.0
SETTLED_SECONDS = 20.0
LONGEST_PAUSE = 15.0

Launch = Callable[[IO[bytes]], "subprocess.Popen[bytes]"]


class StopRequested(BaseException):
    """Somebody pressed Ctrl-C or asked us to end."""


@dataclass
class Part:
    """A child: a service that has to stay up, or (with `finished`) a job that ends."""

    name: str
    launch: Launch
    stop_signal: signal.Signals = signal.SIGTERM
    finished: Callable[[int], None] | None = None
    is_server: bool = False
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    due: float = 0.0

    @property
    def is_up(self) -> bool:
        """Is its process alive?"""
        return self.process is not None and self.process.poll() is None

    def pause(self) -> float:
        """How long to wait before the next try: nothing at first, then longer and longer."""
        return 0.0 if self.failures <= 1 else min(LONGEST_PAUSE, 0.25 * 2 ** (self.failures - 2))


class Supervisor:
    """Keeps the parts running until it is told to stop."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.parts: list[Part] = []
        self.hurry = False
        self.stopping = False
        self._waiting: list[Callable[[], bool]] = []

    def listen(self) -> None:
        """Take over the signals. A hang-up is left ignored for those who started us with nohup."""
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        for number in STOP_SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._asked_to_stop)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        """The first request ends the watch; one that comes while stopping makes us stop waiting."""
        if self.stopping:
            self.hurry = True
            return
        self.stopping = True
        raise StopRequested

    def start(self, part: Part) -> Part:
        """Start a part and look after it from now on."""
        if part not in self.parts:
            self.parts.append(part)
        with open_log(self.log_of(part)) as log:
            part.process = part.launch(log)
        part.started = time.monotonic()
        return part

    def log_of(self, part: Part) -> Path:
        """Where its output goes."""
        return self.logs / f"{part.name}.log"

    def wait_for(self, part: Part, ready: Callable[[], bool], *, seconds: float = 60) -> None:
        """Hold the start until the part answers; give up with its last words if it ends."""
        until = time.monotonic() + seconds
        while not ready():
            if not part.is_up or time.monotonic() > until:
                raise Trouble(f"{part.name} did not start. The end of {self.log_of(part)}:\n{tail(self.log_of(part))}")
            time.sleep(0.02)

    def once(self, name: str, launch: Launch) -> None:
        """Run a job to its end before anything else; its failure is ours."""
        part = self.start(Part(name, launch))
        assert part.process is not None
        code = part.process.wait()
        self.parts.remove(part)
        if code:
            raise Trouble(f"{name} failed. The end of {self.log_of(part)}:\n{tail(self.log_of(part))}")

    def when(self, happened: Callable[[], bool]) -> None:
        """Ask this again and again while watching, until it says yes."""
        self._waiting.append(happened)

    def watch(self) -> None:
        """Restart what dies, for ever. Left by StopRequested."""
        while True:
            self._waiting = [question for question in self._waiting if not question()]
            for part in list(self.parts):
                if not part.is_up:
                    self._bury(part)
            reap_strangers({part.process.pid for part in self.parts if part.process})
            signal.sigtimedwait({signal.SIGCHLD}, self._nap())

    def _nap(self) -> float:
        """Sleep until a child ends, but not past the next restart or question."""
        naps = [part.due - time.monotonic() for part in self.parts if part.process is None]
        return max(0.02, min([0.2 if self._waiting else 5.0, *naps]))

    def _bury(self, part: Part) -> None:
        """A part has ended: a job is done; a service is started again when its pause is over."""
        if part.process is not None:
            code = part.process.wait()
            end_group(part.process.pid)
            part.process = None
            if part.finished is not None:
                self.parts.remove(part)
                part.finished(code)
                return
            part.failures = 1 if time.monotonic() - part.started > SETTLED_SECONDS else part.failures + 1
            part.due = time.monotonic() + part.pause()
            again = f"again in {part.pause():.0f} s" if part.pause() >= 1 else "starting it again"
            say(f"  {part.name} ended ({describe(code)}); {again}. See {self.log_of(part)}")
        if part.process is None and time.monotonic() >= part.due:
            try:
                self.start(part)
            except Trouble as trouble:
                part.failures += 1
                part.due = time.monotonic() + part.pause()
                say(f"  {part.name}: {trouble}")

    def stop(self) -> None:
        """End the parts in reverse order of their start, the servers last; kill what takes too long."""
        self.stopping = True
        running = [part for part in self.parts if part.is_up]
        users = [part for part in reversed(running) if not part.is_server]
        servers = [part for part in reversed(running) if part.is_server]
        for group in (users, servers):
            for part in group:
                ask(part, part.stop_signal)
            until = time.monotonic() + PATIENCE_SECONDS
            while any(part.is_up for part in group) and time.monotonic() < until and not self.hurry:
                time.sleep(0.02)
            for part in group:
                if part.is_up:
                    ask(part, signal.SIGKILL)
                assert part.process is not None
                part.process.wait()
                end_group(part.process.pid)
        reap_strangers(set())


def ask(part: Part, number: signal.Signals) -> None:
    """Send a part a signal, if it is still there."""
    if part.process is not None:
        with suppress(ProcessLookupError):
            part.process.send_signal(number)


def end_group(pid: int) -> None:
    """Kill what a part started and left: each part leads a process group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def reap_strangers(ours: set[int]) -> None:
    """Bury processes that were left to us, without touching the exit status of our own children."""
    with suppress(ChildProcessError):
        while found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            if found.si_pid in ours:
                return
            os.waitpid(found.si_pid, 0)


def describe(code: int) -> str:
    """An exit status in words."""
    if code >= 0:
        return f"exit status {code}"
    with suppress(ValueError):
        return f"killed by {signal.Signals(-code).name}"
    return f"killed by signal {-code}"
