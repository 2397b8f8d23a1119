"""Become another program that cannot outlive its parent.

Run as `python -I -S shim.py PARENT_PID SIGNAL UID GID PROGRAM ARGS…` (UID -1: stay who we are). It exists because
three things have to happen between fork and exec, in this order: give up root, ask the kernel for a signal at the
parent's death (a change of user forgets such a request, so it comes after), and look whether the parent is still
there (it may have died in between).
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(number: int) -> None:
    """Ask the kernel to send us this signal when the parent's thread ends. Linux only; elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)


def drop_to(uid: int, gid: int) -> None:
    """Give up root for good, supplementary groups included."""
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def calm_signals() -> None:
    """Forget what a shell may have taught us: a program started in the background ignores Ctrl-C otherwise."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def main(arguments: list[str]) -> None:
    """Drop, bind our life to the parent's, exec."""
    parent, number, uid, gid = (int(word) for word in arguments[:4])
    program = arguments[4:]
    calm_signals()
    if uid >= 0:
        os.umask(0o077)
        drop_to(uid, gid)
    die_with_parent(number)
    if os.getppid() != parent:
        sys.exit(0)
    os.execvp(program[0], program)


if __name__ == "__main__":
    main(sys.argv[1:])
