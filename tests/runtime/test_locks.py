"""The lock files: complete for every Python we promise, hashed, and without the address of any machine."""

import re
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parents[2]
PYTHONS = ["3.11.0", "3.11.2", "3.11.9", "3.12.8", "3.13.1", "3.14.0"]


def pins(lock: str) -> dict[str, str]:
    found = re.findall(r"^([a-z0-9._-]+)==(\S+)", (PROJECT / lock).read_text(), re.MULTILINE)
    return dict(found)


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt", "requirements-x12.txt"])
def test_lock_names_no_place_and_hashes_every_package(lock: str) -> None:
    text = (PROJECT / lock).read_text()
    assert not re.search(r"://|--(extra-)?index|--find-links|--trusted|(^| )/", text, re.MULTILINE)
    blocks = re.split(r"^(?=[a-z0-9._-]+==)", text, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(pins(lock))
    assert all("--hash=sha256:" in block for block in blocks)


def test_development_lock_holds_all_of_the_other() -> None:
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


@pytest.mark.parametrize("python", PYTHONS)
def test_lock_is_complete_for(python: str) -> None:
    """pip-compile resolves for the Python it runs on alone; a package may need one more on an older one."""
    environment = default_environment() | {
        "python_full_version": python,
        "python_version": python.rpartition(".")[0],
        "extra": "",
    }
    locked = {canonicalize_name(name) for name in pins("requirements-dev.txt")}
    missing = set()
    for name in locked:
        for line in requires(name) or []:
            needed = Requirement(line)
            wanted = needed.marker is None or needed.marker.evaluate(dict(environment))
            if wanted and canonicalize_name(needed.name) not in locked:
                missing.add(f"{needed.name} (for {name})")
    assert missing == set()
