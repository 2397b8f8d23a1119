"""The import page: upload, job, progress, report; and what happens without a broker or over a dead worker."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.errors import NotPermitted
from clinic.models import Site, User
from clinic.policy import Role
from patients import tasks
from patients.imports import jobs
from patients.models import ImportJob, ImportRow, Patient
from tests import build
from tests.patients.importing import HEADER, SYNTHEA, zipped

ROW = "id,given_name,family_name,birth_date,conditions\n1,Zoë,O'Neill,1990-01-01,Depression\n"


@pytest.fixture
def admin(client: Client, clinic_admin: User) -> Client:
    client.force_login(clinic_admin)
    return client


def upload(admin: Client, content: bytes, form: str = "csv", **more: Any) -> Any:
    sent = {"format": form, "upload": SimpleUploadedFile("people.csv", content), **more}
    return admin.post("/patients/import/", sent)


def ask(site: Site, by: User, content: bytes = ROW.encode(), **more: Any) -> ImportJob:
    return jobs.ask(site=site, format="csv", file_name="people.csv", content=content, by=by, **more)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CLINIC_ADMIN])
def test_nobody_but_the_clinic_admin_imports(client: Client, site: Site, role: Role) -> None:
    other = build.user(role, at=site)
    client.force_login(other)
    assert client.get("/patients/import/").status_code == 403
    with pytest.raises(NotPermitted):
        ask(site, other)
    assert not ImportJob.objects.exists()


def test_a_strangers_job_is_not_there(client: Client, site: Site, clinic_admin: User, stranger: User) -> None:
    job = ask(site, clinic_admin)
    client.force_login(stranger)
    for address in (f"/patients/import/{job.pk}/", f"/patients/import/{job.pk}/progress/"):
        assert client.get(address).status_code == 404
    assert "people.csv" not in client.get("/patients/import/").content.decode()


def test_an_upload_waits_runs_and_reports(
    admin: Client, site: Site, clinic_admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    handed: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tasks, "hand_over", handed.append)
        with django_capture_on_commit_callbacks(execute=True):
            sent = upload(admin, ROW.encode())
    job = ImportJob.objects.get()
    assert (sent.url, handed) == (f"/patients/import/{job.pk}/", [job.pk])
    waiting = admin.get(sent.url).content.decode()
    assert "Waiting." in waiting
    assert 'hx-trigger="every 1s"' in waiting
    assert "X-Background" in waiting
    tasks.run_import(str(job.pk))
    done = admin.get(f"/patients/import/{job.pk}/progress/")
    assert done["HX-Refresh"] == "true"
    report = admin.get(sent.url + "?show=created").content.decode()
    assert "Zoë O&#x27;Neill" in report
    assert "Depression" not in report  # whoever imports need not be one who may read charts
    job.refresh_from_db()
    assert (job.state, job.total, job.handled, job.content) == ("done", 2, 2, None)
    assert Patient.pgh_event_model.objects.get().pgh_context["user"] == str(clinic_admin.pk)  # type: ignore[attr-defined]


def test_the_shared_folder_comes_in_as_a_zip(admin: Client) -> None:
    sent = upload(admin, zipped({path.name: path.read_bytes() for path in SYNTHEA.iterdir()}), "synthea-csv")
    jobs.run_waiting()
    assert Patient.objects.count() == 88
    assert "2682 taken, new" in admin.get(sent.url).content.decode()
    told = admin.get(sent.url + "?page=2").content.decode()
    assert "Minor, " in told
    assert "Died " in told


def test_a_run_that_is_only_tried_keeps_nothing(admin: Client) -> None:
    sent = upload(admin, ROW.encode(), dry_run="on")
    jobs.run_waiting()
    assert "This was only tried." in admin.get(sent.url).content.decode()
    assert (Patient.objects.count(), ImportRow.objects.filter(outcome="created").count()) == (0, 2)


def test_a_bad_file_is_refused_on_the_page_with_line_and_column(admin: Client) -> None:
    sent = upload(admin, b"id,given_name,family_name\n")
    jobs.run_waiting()
    page = admin.get(sent.url).content.decode()
    assert "nothing was changed" in page
    assert "people.csv, line 1, column 26: The column birth_date is missing" in page


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"format": "csv"}, "Choose the file to import."),
        ({"format": "csv", "upload": SimpleUploadedFile("a.csv", b"")}, "This file is empty."),
        ({"upload": SimpleUploadedFile("a.csv", b"x")}, "Choose what kind of file this is."),
    ],
)
def test_a_bad_upload_is_a_sentence(admin: Client, sent: dict[str, Any], words: str) -> None:
    page = admin.post("/patients/import/", sent)
    assert (page.status_code, words in page.content.decode()) == (422, True)
    assert not ImportJob.objects.exists()


def test_without_a_broker_the_job_waits_and_the_tick_finds_it(
    dead_broker: None,
    site: Site,
    clinic_admin: User,
    django_capture_on_commit_callbacks: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = ask(site, clinic_admin, on_commit=tasks.hand_over)
    assert "no broker" in caplog.text
    job.refresh_from_db()
    assert job.state == "waiting"
    tasks.run_waiting_imports()
    job.refresh_from_db()
    assert (job.state, Patient.objects.count()) == ("done", 1)


def test_the_command_without_a_path_does_what_waits(site: Site, clinic_admin: User, capsys: Any) -> None:
    ask(site, clinic_admin)
    call_command("import_patients")
    assert "1 waiting imports carried out." in capsys.readouterr().out
    assert Patient.objects.count() == 1


def test_a_run_that_a_worker_died_over_is_done_again_and_reported_once(site: Site, clinic_admin: User) -> None:
    job = ask(site, clinic_admin)
    ImportRow.objects.create(job=job, file="people.csv", line=2, outcome="created", what="half a run")
    ImportJob.objects.filter(pk=job.pk).update(state="running", handled=1)
    jobs.run(job_id=job.pk)
    assert not ImportRow.objects.filter(what="half a run").exists()
    assert Patient.objects.count() == 1


def test_a_job_that_is_done_is_not_done_again(site: Site, clinic_admin: User) -> None:
    job = ask(site, clinic_admin)
    jobs.run(job_id=job.pk)
    ended = jobs.run(job_id=job.pk).ended_at
    assert ImportJob.objects.get().ended_at == ended


def test_the_report_costs_the_same_for_one_and_for_three(admin: Client, site: Site, clinic_admin: User) -> None:
    costs = []
    for many in (1, 3):
        rows = "".join(f"{many}{n},A{n},B{n},199{n}-01-01\n" for n in range(many))
        job = ask(site, clinic_admin, ("id,given_name,family_name,birth_date\n" + rows).encode())
        jobs.run(job_id=job.pk)
        admin.get(f"/patients/import/{job.pk}/")
        with CaptureQueriesContext(connection) as asked:
            admin.get(f"/patients/import/{job.pk}/")
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_a_large_list_is_read_by_pages(admin: Client, site: Site, clinic_admin: User) -> None:
    people = HEADER + "".join(f"p{n},1984-03-14,,Given{n},Family{n},F\n" for n in range(60))
    job = jobs.ask(
        site=site, format="synthea-csv", file_name="x.zip", content=zipped({"patients.csv": people.encode()}),
        by=clinic_admin,
    )  # fmt: skip
    jobs.run(job_id=job.pk)
    page = admin.get(f"/patients/import/{job.pk}/").content.decode()
    assert page.count("<tr><td") == 50
