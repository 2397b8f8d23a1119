"""What workers do for this room. A task takes an id, fetches, calls one function."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from patients.imports import jobs


@shared_task(name="patients.tasks.run_import")
def run_import(job_id: str) -> None:
    jobs.run(job_id=UUID(job_id))


@shared_task(name="patients.tasks.run_waiting_imports")
def run_waiting_imports() -> None:
    """The tick that finds jobs whose message was lost."""
    jobs.run_waiting()
