"""The whole clinic under the supervisor."""

import os
import signal
import socket
import urllib.request
from pathlib import Path

from tests.runtime.running import Running, attempt, command, descendants, eventually, is_alive, running

UP = "Evenkeel is up at"


def is_serving(port: int, page: str = "live") -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/{page}", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def below(clinic: Running, words: str, count: int) -> set[int]:
    """Wait for so many processes with these words in their command line."""
    found: set[int] = set()

    def look() -> bool:
        found.clear()
        found.update(pid for pid in descendants(clinic.process.pid) if words in command(pid))
        return len(found) == count

    eventually(look, 120)
    return found


def test_any_part_may_be_killed_and_the_whole_leaves_no_orphan(var: Path, port: int) -> None:
    with running("run", var, PORT=str(port)) as clinic:
        clinic.wait_for(UP)
        assert is_serving(port)
        for words, count in (("-m gunicorn", 3), ("celery -A clinic worker", 3), ("celery -A clinic beat", 1)):
            before = below(clinic, words, count)
            os.kill(clinic.child(words), signal.SIGKILL)
            eventually(lambda before=before: not any(map(is_alive, before)))
            assert below(clinic, words, count).isdisjoint(before)
        # Ready is who has been heard of: a beat that starts anew hands out the first letters half a minute later.
        eventually(lambda: is_serving(port, "ready"), 90)
        os.kill(clinic.child("bin/postgres"), signal.SIGKILL)
        eventually(lambda: not is_serving(port, "ready") or clinic.said().count("postgres ended"))
        eventually(lambda: is_serving(port, "ready"))
        family = descendants(clinic.process.pid)
        clinic.process.kill()
        clinic.process.wait()
        eventually(lambda: not any(map(is_alive, family)))
    with running("run", var, PORT=str(port)) as again:
        again.wait_for(UP)
        below(again, "celery -A clinic worker", 3)
        family = descendants(again.process.pid)
        assert again.end(signal.SIGTERM, seconds=30) == 0
        assert not any(map(is_alive, family))
        assert not is_serving(port)


def test_taken_port_is_a_sentence_before_anything_starts(var: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = attempt("run", var, PORT=str(port))
    assert refused.returncode == 1
    assert f"Port {port} is in use by another program. Choose another: make run PORT=" in refused.stderr
    assert refused.stdout == ""
    assert not (var / "pg").exists()


def test_port_that_is_no_port_is_a_sentence(var: Path) -> None:
    for word in ("eighty", "0", "65536", "-1"):
        refused = attempt("run", var, PORT=word)
        assert refused.returncode == 1
        assert f"PORT is “{word}”, which is no port number." in refused.stderr
    assert not var.exists()


def test_address_of_another_machine_is_a_sentence(var: Path, port: int) -> None:
    refused = attempt("run", var, PORT=str(port), HOST="192.0.2.1")
    assert refused.returncode == 1
    assert "The address 192.0.2.1 is not one of this machine" in refused.stderr
