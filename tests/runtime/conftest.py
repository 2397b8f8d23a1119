import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def var() -> Iterator[Path]:
    """A data directory that is not there yet, in a path with a space."""
    home = Path(tempfile.mkdtemp(prefix="evenkeel runtime "))
    yield home / "a clinic"
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def port() -> int:
    """A port nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
