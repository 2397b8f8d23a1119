"""A whole record as a file: by the page, by a worker, and by the command."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from clinic import clock
from clinic.errors import Invalid, NotFound, NotPermitted
from clinic.models import ReadEvent
from journey.fhir import exports
from journey.models import RecordExport, RecordExportFile
from tests.journey.fhir_fixtures import made, world
from tests.journey.fhir_world import WORDS, World
from tests.journey.paper_text import words as words_of

__all__ = ["made", "world"]


def asked(world: World, form: str = "fhir") -> RecordExport:
    export = exports.ask(
        patient_id=world.maya.pk, format=form, reason="She moves to Oregon", by=world.clinic.provider,
        on_commit=lambda key: None,
    )  # fmt: skip
    exports.make(export_id=export.pk)
    export.refresh_from_db()
    return export


def test_the_file_holds_the_record_and_is_its_askers_for_an_hour(world: World) -> None:
    export = asked(world)
    assert (export.state, export.handled) == ("done", export.total)
    key = export.file.key
    _, content = exports.fetch(export_id=export.pk, key=key, by=world.clinic.provider)
    whole = json.loads(content)
    assert (whole["resourceType"], whole["type"]) == ("Bundle", "collection")
    assert len(whole["entry"]) > 150
    assert WORDS.encode() not in content
    for who, given in ((world.clinic.nurse, key), (world.clinic.provider, "another-key")):
        with pytest.raises(NotFound):
            exports.fetch(export_id=export.pk, key=given, by=who)
    with clock.at(clock.now() + timedelta(hours=1, seconds=1)):
        with pytest.raises(NotFound):
            exports.fetch(export_id=export.pk, key=key, by=world.clinic.provider)
        exports.make_waiting()
    assert not RecordExportFile.objects.exists()
    assert RecordExport.objects.get().fetched_at


def test_a_role_gets_what_it_may_read_and_others_get_nothing(world: World) -> None:
    with pytest.raises(NotPermitted):
        exports.ask(patient_id=world.maya.pk, format="fhir", reason="x", by=world.clinic.desk, on_commit=print)
    with pytest.raises(Invalid):
        exports.ask(patient_id=world.maya.pk, format="doc", reason=" ", by=world.clinic.nurse, on_commit=print)
    export = exports.ask(
        patient_id=world.maya.pk, format="fhir", reason="Emergency", by=world.clinic.nurse, on_commit=lambda key: None
    )
    assert exports.make_waiting() == 1
    _, content = exports.fetch(export_id=export.pk, key=export.file.key, by=world.clinic.nurse)
    kinds = {entry["resource"]["resourceType"] for entry in json.loads(content)["entry"]}
    assert "Observation" in kinds
    assert "Coverage" not in kinds


def test_the_paper_says_what_the_record_says(world: World) -> None:
    export = asked(world, "pdf")
    paper = words_of(bytes(export.file.content))
    for words in ("Maya Torres", "Luis Torres, Husband", "Sertraline", "40\u00a0mg", "2 Feb 2027, 09:12", "Tidewater"):
        assert words.replace("\u00a0", " ") in paper.replace("\u00a0", " "), words
    assert WORDS not in paper


def test_the_page_makes_a_small_one_at_once_and_writes_who_fetched_it(world: World, client: Client) -> None:
    client.force_login(world.clinic.provider)
    address = reverse("journey:export", args=[world.maya.pk])
    exports_before = ReadEvent.objects.filter(what="record export, fhir").count()
    export = asked(world)
    page = client.get(address).content.decode()
    assert "She moves to Oregon" in page
    file = client.get(reverse("journey:export-file", args=[export.pk, export.file.key]))
    assert file["Content-Disposition"] == 'attachment; filename="record-2027-02-05.json"'
    read = ReadEvent.objects.filter(what="record export, fhir")
    assert (read.count(), read.latest("pk").reason) == (exports_before + 1, "She moves to Oregon")
    client.force_login(world.clinic.nurse)
    assert client.get(reverse("journey:export-file", args=[export.pk, export.file.key])).status_code == 404


def test_the_command_writes_a_file_for_its_owner_alone(world: World, tmp_path: Path) -> None:
    path, told = tmp_path / "maya.json", StringIO()
    call_command("export_patient", world.maya.mrn, format="fhir", to=path, stdout=told)
    assert path.stat().st_mode & 0o777 == 0o600
    kinds = {entry["resource"]["resourceType"] for entry in json.loads(path.read_text())["entry"]}
    assert {"Coverage", "Observation"} <= kinds
    assert RecordExport.objects.get().asked_by is None
    for mrn in (world.maya.mrn, "EK-0"):
        with pytest.raises(CommandError):
            call_command("export_patient", mrn, format="fhir", to=path)
