"""The commands of the Makefile before anything is installed, and management commands by themselves."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from clinic.runtime import bootstrap, browser
from tests.runtime.running import PROJECT, outside, running


def make(target: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", target, *(f"{name}={value}" for name, value in more.items())],
        cwd=PROJECT,
        env=outside(),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_help_lists_the_commands() -> None:
    listed = make("help").stdout
    assert all(f"make {target}" in listed for target in ("run", "test", "check", "bench"))


@pytest.mark.parametrize("target", ["run", "test"])
def test_python_too_old_is_a_sentence(target: str, tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit 0\nexit 1\n')
    old.chmod(0o755)
    refused = make(target, PYTHON=str(old))
    assert refused.returncode != 0
    assert "Evenkeel needs Python 3.11 or newer; found: " in refused.stderr
    assert f"make {target} PYTHON=" in refused.stderr
    assert refused.stdout == ""


def test_lock_is_installed_once_and_again_when_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr(bootstrap, "PROJECT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(bootstrap, "make_environment", lambda: None)
    monkeypatch.setattr(bootstrap, "install", installed.append)
    for lock in bootstrap.CONTAINS:
        (tmp_path / lock).write_text("django==5.2.19")
    bootstrap.main("requirements-dev.txt")
    bootstrap.main("requirements.txt")
    assert installed == ["requirements-dev.txt"]
    (tmp_path / "requirements.txt").write_text("django==5.2.20")
    bootstrap.main("requirements.txt")
    assert installed == ["requirements-dev.txt", "requirements.txt"]


def test_environment_apart_is_made_once_and_again_when_its_lock_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed: list[tuple[str, ...]] = []
    monkeypatch.setattr(bootstrap, "PROJECT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(bootstrap, "install", lambda *arguments: installed.append(arguments))
    (lock,) = bootstrap.APART
    for content in ("pydantic==1.10.1", "pydantic==1.10.1", "pydantic==1.10.2"):
        (tmp_path / lock).write_text(content)
        bootstrap.main(lock)
    python = tmp_path / "x12" / "bin" / "python"
    assert python.exists()
    assert installed == [(lock, "--python", str(python))] * 2


def test_install_that_was_cut_off_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "PROJECT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(bootstrap, "make_environment", lambda: None)
    (tmp_path / "requirements.txt").write_text("no-such-package")
    with pytest.raises(SystemExit, match="could not be installed"):
        bootstrap.main("requirements.txt")
    assert not bootstrap.stamp("requirements.txt").exists()


def test_broken_environment_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "python"
    gone.symlink_to(tmp_path / "removed")
    monkeypatch.setattr(bootstrap, "PYTHON", gone)
    assert not bootstrap.works("-c", "pass")


def test_browser_is_the_one_that_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    assert browser.find() is None
    monkeypatch.setenv("CHROMIUM", "/somewhere/chromium")
    assert browser.find() == "/somewhere/chromium"


def test_command_starts_the_servers_when_the_clinic_is_closed_and_shares_them_when_it_is_open(var: Path) -> None:
    def command() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", QUESTION],
            cwd=PROJECT,
            env=outside(EVENKEEL_VAR=str(var)),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert command().stdout.strip() == "evenkeel", command().stderr
    with running("servers", var) as clinic:
        clinic.wait_for("The servers are up")
        assert command().stdout.strip() == "evenkeel"


QUESTION = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT current_database()")
    print(cursor.fetchone()[0])
"""


def test_ci_runs_the_command_of_the_readme_and_the_checks_from_anywhere(tmp_path: Path) -> None:
    """With a `make` that only tells what it was asked, and where."""
    fake = tmp_path / "make"
    fake.write_text('#!/bin/sh\necho "$(pwd)|$*"\n')
    fake.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "CI": "true"}
    bash = shutil.which("bash") or "bash"
    done = subprocess.run(
        [bash, str(PROJECT / ".ci" / "run")], cwd="/", env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [f"{PROJECT}|test", f"{PROJECT}|check"]
