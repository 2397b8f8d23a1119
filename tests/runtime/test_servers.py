"""The database and the broker under the supervisor: private, restarted when killed, gone when it is gone."""

import os
import signal
import stat
from pathlib import Path

import psycopg2
import pytest
import redis

from tests.runtime.running import Running, attempt, descendants, eventually, is_alive, running

UP = "The servers are up"


def execute(clinic: Running, statement: str) -> list[tuple[object, ...]]:
    with psycopg2.connect(clinic.url("DATABASE_URL")) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def answers(clinic: Running) -> bool:
    try:
        return execute(clinic, "SELECT 1") == [(1,)]
    except psycopg2.OperationalError:
        return False


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_data_sockets_and_secrets_are_private(var: Path) -> None:
    with running("servers", var) as clinic:
        clinic.wait_for(UP)
        sockets = Path(clinic.url("DATABASE_URL").partition("?host=")[2])
        assert {mode(path) for path in (var, var / "pg", var / "valkey", var / "secrets", sockets)} == {0o700}
        assert {mode(path) for path in (var / "secrets").iterdir()} == {0o600}
        assert execute(clinic, "SHOW listen_addresses") == [("",)]
        assert execute(clinic, "SHOW server_encoding") == [("UTF8",)]
        assert Path(f"/proc/{clinic.child('postgres')}").stat().st_uid != 0


def test_a_wrong_password_is_refused(var: Path) -> None:
    with running("servers", var) as clinic:
        clinic.wait_for(UP)
        password = clinic.url("DATABASE_URL").split(":")[2].partition("@")[0]
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            psycopg2.connect(clinic.url("DATABASE_URL").replace(password, "guess"))


def test_killed_servers_come_back_with_what_was_committed(var: Path) -> None:
    with running("servers", var) as clinic:
        clinic.wait_for(UP)
        execute(clinic, "CREATE TABLE kept AS SELECT 7 AS number")
        queue = redis.Redis.from_url(clinic.url("REDIS_URL"))
        queue.rpush("queue", "tick")
        os.kill(clinic.child("bin/postgres"), signal.SIGKILL)
        os.kill(clinic.child("valkey-server"), signal.SIGKILL)
        eventually(lambda: answers(clinic))
        assert execute(clinic, "SELECT number FROM kept") == [(7,)]
        eventually(lambda: clinic.child("valkey-server"))
        eventually(lambda: answers_queue(queue))
        assert queue.lrange("queue", 0, -1) == [b"tick"]


def answers_queue(queue: redis.Redis) -> bool:
    try:
        return bool(queue.ping())
    except redis.RedisError:
        return False


def test_killed_supervisor_takes_the_servers_along_and_the_next_start_keeps_the_data(var: Path) -> None:
    with running("servers", var) as first:
        first.wait_for(UP)
        execute(first, "CREATE TABLE kept AS SELECT 7 AS number")
        family = descendants(first.process.pid)
        first.process.kill()
        first.process.wait()
        with running("servers", var) as second:
            second.wait_for(UP)
            assert execute(second, "SELECT number FROM kept") == [(7,)]
        assert len(family) > 5
        eventually(lambda: not any(map(is_alive, family)))


def test_stop_is_quick_and_clean(var: Path) -> None:
    with running("servers", var) as clinic:
        clinic.wait_for(UP)
        family = descendants(clinic.process.pid)
        assert clinic.end(signal.SIGINT, seconds=20) == 0
        assert not any(map(is_alive, family))
        assert not (var / "pg" / "postmaster.pid").exists()


def test_second_supervisor_on_the_same_data_is_a_sentence(var: Path) -> None:
    with running("servers", var) as clinic:
        clinic.wait_for(UP)
        second = attempt("servers", var)
        assert second.returncode == 1
        assert f"Evenkeel is already running here (process {clinic.process.pid}" in second.stderr
        assert "Traceback" not in second.stderr
        assert answers(clinic)


def test_pid_file_that_names_a_stranger_does_not_stop_the_start(var: Path) -> None:
    with running("servers", var) as clinic:
        clinic.wait_for(UP)
        clinic.end()
    (var / "pg" / "postmaster.pid").write_text(f"{os.getpid()}\n{var / 'pg'}\n1700000000\n5432\n")
    with running("servers", var) as clinic:
        clinic.wait_for(UP)
        assert answers(clinic)


def test_path_too_long_for_a_socket_works(var: Path) -> None:
    deep = var / ("very long directory name " * 3) / ("and another one below it " * 3)
    deep.mkdir(parents=True)
    with running("servers", deep / "var") as clinic:
        clinic.wait_for(UP)
        assert answers(clinic)


def test_servers_named_in_the_environment_are_used(var: Path) -> None:
    named = {"DATABASE_URL": os.environ["DATABASE_URL"], "REDIS_URL": os.environ["REDIS_URL"]}
    with running("servers", var, **named) as clinic:
        clinic.wait_for(UP)
        assert clinic.url("DATABASE_URL") == named["DATABASE_URL"]
        assert descendants(clinic.process.pid) == set()
