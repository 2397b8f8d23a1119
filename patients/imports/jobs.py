"""One run of the import: asked for, carried out by a worker or at the console, and its report kept row by row.

A job in the table is the truth; the broker carries its id only. A job that no worker fetched, or that a worker died
over, is found by `run_waiting`; carrying it out again is harmless, because an import can be repeated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

from django.db import transaction

from clinic import advisory, clock, history
from clinic.errors import Invalid
from clinic.models import Site, User
from clinic.policy import Action, require
from patients.imports import fhir, sheet, source, synthea, taking
from patients.imports.rows import BadFile, Batch, Outcome, Taken
from patients.imports.source import MAX_UPLOAD, MEGABYTE, Files
from patients.models import ImportJob, ImportRow

SUFFIX: dict[str, str] = {
    ImportJob.Format.SYNTHEA: ".csv",
    ImportJob.Format.CSV: ".csv",
    ImportJob.Format.FHIR: ".json",
}
ALONE = "import"  # one at a time: two would race for the same new person
Counts = Counter[tuple[str, str]]


def read(form: str, files: Files, site: Site) -> Batch:
    """What the files hold. Raises BadFile."""
    if form == ImportJob.Format.SYNTHEA:
        return synthea.read(files)
    return sheet.read(files, site) if form == ImportJob.Format.CSV else fhir.read(files)


@transaction.atomic
def ask(
    *,
    site: Site,
    format: str,  # noqa: A002 - the column's name
    file_name: str,
    content: bytes,
    by: User,
    dry_run: bool = False,
    on_commit: Callable[[UUID], None] | None = None,
) -> ImportJob:
    """Put an uploaded file in line; `on_commit` gets the job's id once it stands. Raises NotPermitted, Invalid."""
    require(by, Action.IMPORT_PATIENTS, at=site)
    if format not in ImportJob.Format.values:
        raise Invalid({"format": "Choose what kind of file this is."})
    if not content:
        raise Invalid({"upload": "This file is empty. Choose the one with the patients."})
    if len(content) > MAX_UPLOAD:
        raise Invalid({"upload": f"This file is larger than {MAX_UPLOAD // MEGABYTE} MB. Import it in parts."})
    job = ImportJob.objects.create(
        site=site, format=format, file_name=Path(file_name).name[:200], content=content, dry_run=dry_run, started_by=by
    )
    if on_commit:
        transaction.on_commit(lambda: on_commit(job.pk))
    return job


def run(*, job_id: UUID) -> ImportJob:
    """Carry out a job that waits, or that a worker died over. Another import at work: it goes on waiting."""
    with advisory.alone(ALONE) as mine:
        job = ImportJob.objects.select_related("site", "started_by").get(pk=job_id)
        if mine and job.state in {ImportJob.State.WAITING, ImportJob.State.RUNNING}:
            with history.acting(job.started_by_id, source="import", request_id=str(job.pk)):
                _carry_out(job, lambda: source.from_bytes(job.file_name, bytes(job.content or b""), SUFFIX[job.format]))
        return job


def run_waiting() -> int:
    """Carry out every job in line, the oldest first; how many there were."""
    done = 0
    states = [ImportJob.State.WAITING, ImportJob.State.RUNNING]
    for job_id in ImportJob.objects.filter(state__in=states).order_by("asked_at").values_list("pk", flat=True):
        done += run(job_id=job_id).state not in states
    return done


def run_path(*, site: Site, format: str, path: Path, by: User | None = None) -> ImportJob:  # noqa: A002
    """Import a file or folder of this machine, with its own job and report. Raises Invalid when another one runs."""
    with advisory.alone(ALONE) as mine:
        if not mine:
            raise Invalid("Another import is running. Wait until it has ended.")
        job = ImportJob.objects.create(site=site, format=format, file_name=path.name[:200], started_by=by)
        with history.acting(by.pk if by else None, source="import", request_id=str(job.pk)):
            _carry_out(job, lambda: source.from_path(path, SUFFIX[job.format]))
        return job


def try_path(*, site: Site, format: str, path: Path, by: User | None = None) -> list[Taken]:  # noqa: A002
    """What an import of this path would do. Nothing is written, not even a job. Raises BadFile."""
    found: list[Taken] = []
    batch = read(format, source.from_path(path, SUFFIX[format]), site)
    taking.take(batch, site=site, by=by, dry_run=True, report=found.extend)
    return found


def _carry_out(job: ImportJob, files: Callable[[], Files]) -> None:
    job.rows.all().delete()  # of a run that a worker died over
    job.state, job.handled = ImportJob.State.RUNNING, 0
    job.save(update_fields=["state", "handled"])
    try:
        batch = read(job.format, files(), job.site)
    except BadFile as bad:
        job.state, job.refusal = ImportJob.State.REFUSED, bad.sentence[:500]
    else:
        job.total = batch.size
        job.save(update_fields=["total"])
        taking.take(
            batch,
            site=job.site,
            by=job.started_by,
            dry_run=job.dry_run,
            report=lambda taken: _keep(job, taken),
        )
        job.state = ImportJob.State.DONE
    job.ended_at, job.content = clock.now(), None
    job.save()


@transaction.atomic
def _keep(job: ImportJob, taken: Sequence[Taken]) -> None:
    """Write what became of these rows, and how far the run is."""
    ImportRow.objects.bulk_create(
        ImportRow(
            job=job,
            file=row.where.file[:120],
            line=row.where.line,
            outcome=row.outcome,
            what=row.what[:200],
            why=row.why[:300],
            # What a dry run made is gone by now.
            patient_id=None if job.dry_run else row.patient_id,
        )
        for row in taken
    )
    job.handled += len(taken)
    job.save(update_fields=["handled"])


def counted(rows: Sequence[Taken]) -> Counts:
    """How many rows of each file came to each end."""
    return Counter((row.where.file, str(row.outcome)) for row in rows)


def summary(counts: Counts) -> list[tuple[str, list[tuple[str, int]]]]:
    """By file: the ends its rows came to, in the order of Outcome."""
    files = sorted({file for file, _ in counts})
    return [
        (file, [(outcome.label, counts[file, outcome.value]) for outcome in Outcome if counts[file, outcome.value]])
        for file in files
    ]
