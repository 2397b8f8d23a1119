"""One whole record as a file: asked for with a reason, made at once or by a worker, kept for an hour, then deleted.

That it was asked for, by whom, why and when it was fetched stays (`RecordExport`, and the read log).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from clinic import advisory, clock, history, replica
from clinic.errors import Invalid, NotFound
from clinic.models import User
from clinic.policy import Action, require
from infusions.models import VitalSigns
from journey.fhir import answers, pages, paper
from journey.fhir.pages import Found
from journey.models import RecordExport, RecordExportFile
from patients.models import Patient
from patients.rows import patient_for

log = logging.getLogger("evenkeel.exports")

AT_ONCE = 400
"""So many rows of vital signs and answers at most are written while somebody waits: about half a second."""
State, Format = RecordExport.State, RecordExport.Format
TYPES: dict[str, str] = {Format.FHIR: "application/fhir+json", Format.PDF: "application/pdf"}
SUFFIX: dict[str, str] = {Format.FHIR: "json", Format.PDF: "pdf"}


def is_large(patient: Patient) -> bool:
    rows = VitalSigns.objects.filter(infusion__series__patient=patient)[: AT_ONCE + 1].count()
    return rows + patient.measures.count() + patient.past_observations.count() > AT_ONCE


@transaction.atomic
def ask(
    *,
    patient_id: UUID,
    format: str,  # noqa: A002 - the column's name
    reason: str,
    by: User,
    on_commit: Callable[[UUID], None],
) -> RecordExport:
    """Ask for the file; `on_commit` gets its id once it stands. Raises NotFound, NotPermitted, Invalid."""
    patient = patient_for(patient_id, by)
    require(by, Action.EXPORT_RECORD, at=patient.site)
    wrong = {}
    if format not in Format.values:
        wrong["format"] = "Choose in which form the record is needed."
    if not reason.strip() or len(reason.strip()) > 200:
        wrong["reason"] = "Say in 200 characters or fewer what it is for: the patient asked, another clinic treats."
    if wrong:
        raise Invalid(wrong)
    forget()
    export = RecordExport.objects.create(patient=patient, format=format, reason=reason.strip(), asked_by=by)
    transaction.on_commit(lambda: on_commit(export.pk))
    return export


def make(*, export_id: UUID) -> None:
    """Make the file. While another worker is at it, nothing happens; what breaks off says so on the page."""
    with advisory.alone(f"export:{export_id}") as mine:
        export = RecordExport.objects.select_related("patient__site", "asked_by").filter(pk=export_id).first()
        if not mine or export is None or not export.is_under_way or export.asked_by is None:
            return
        with history.acting(export.asked_by_id, source="export", request_id=str(export.pk)):
            try:
                require(export.asked_by, Action.EXPORT_RECORD, at=export.patient.site)
                _keep(export, written(export.patient, export.format, _read(export)))
            except Exception:
                log.exception("the export %s broke off", export_id)
                _end(export, State.FAILED)


def _read(export: RecordExport) -> Found:
    asked_by = export.asked_by
    assert asked_by is not None
    return replica.read(lambda: pages.everything(asked_by, export.patient_id, told=lambda *far: _told(export, *far)))


def make_waiting() -> int:
    """Make every file in line, and delete those whose hour is over. How many were in line."""
    forget()
    open_ones = RecordExport.objects.filter(state__in=[State.WAITING, State.MAKING]).order_by("asked_at")
    keys = list(open_ones.values_list("pk", flat=True))
    for key in keys:
        make(export_id=key)
    return len(keys)


@transaction.atomic
def at_console(*, patient: Patient, format: str, by: User | None) -> bytes:  # noqa: A002
    """The whole record for whoever runs this house; that it was taken is kept as any other export is."""
    content = written(patient, format, pages.whole_record(patient.pk))
    now = clock.now()
    RecordExport.objects.create(
        patient=patient, format=format, reason="By a command on the server", asked_by=by, state=State.DONE,
        ended_at=now, fetched_at=now,
    )  # fmt: skip
    return content


def written(patient: Patient, form: str, found: Found) -> bytes:
    if form == Format.PDF:
        return paper.make(patient, found.resources)
    base = settings.PUBLIC_URL.rstrip("/") + reverse("fhir:metadata").removesuffix("/metadata")
    whole = answers.bundle(base, "collection", found.resources, clock.now())
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


@transaction.atomic
def fetch(*, export_id: UUID, key: str, by: User) -> tuple[RecordExport, bytes]:
    """The file, for whoever asked for it, while its hour lasts. Raises NotFound for everybody else and afterwards."""
    file = (
        RecordExportFile.objects.select_related("export__patient__site")
        .filter(export=export_id, key=key, export__asked_by=by, expires_at__gt=clock.now())
        .first()
    )
    if file is None:
        raise NotFound
    require(by, Action.EXPORT_RECORD, at=file.export.patient.site)
    RecordExport.objects.filter(pk=export_id).update(fetched_at=clock.now())
    return file.export, bytes(file.content)


def forget() -> int:
    """Delete the files whose hour is over."""
    return RecordExportFile.objects.filter(expires_at__lte=clock.now()).delete()[0]


def _told(export: RecordExport, done: int, total: int) -> None:
    RecordExport.objects.filter(pk=export.pk).update(state=State.MAKING, handled=done, total=total)


@transaction.atomic
def _keep(export: RecordExport, content: bytes) -> None:
    RecordExportFile.objects.create(export=export, content=content, expires_at=clock.now() + RecordExport.KEPT)
    _end(export, State.DONE)


def _end(export: RecordExport, state: str) -> None:
    RecordExport.objects.filter(pk=export.pk).update(state=state, ended_at=clock.now())
