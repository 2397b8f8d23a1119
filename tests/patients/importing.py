"""What the import tests share: the real files, and small ones made on the spot."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

from clinic.models import Site, User
from patients.imports import jobs, taking
from patients.imports.rows import Taken
from patients.models import ImportJob

DATA = Path(__file__).resolve().parent.parent / "data"
SYNTHEA, FHIR = DATA / "synthea", DATA / "fhir"
HEADER = "Id,BIRTHDATE,DEATHDATE,FIRST,LAST,GENDER\n"


def take(form: str, files: dict[str, Any], site: Site, *, by: User | None = None, dry_run: bool = False) -> list[Taken]:
    """Read and take these files, as a job does; text counts as UTF-8."""
    content = {name: text.encode() if isinstance(text, str) else text for name, text in files.items()}
    found: list[Taken] = []
    taking.take(jobs.read(form, content, site), site=site, by=by, dry_run=dry_run, report=found.extend)
    return found


def synthea(files: dict[str, Any], site: Site, **how: Any) -> list[Taken]:
    return take(ImportJob.Format.SYNTHEA, files, site, **how)


def sheet(text: str, site: Site, **how: Any) -> list[Taken]:
    return take(ImportJob.Format.CSV, {"people.csv": text}, site, **how)


def fhir(bundle: Any, site: Site, **how: Any) -> list[Taken]:
    text = bundle if isinstance(bundle, str | bytes) else json.dumps(bundle)
    return take(ImportJob.Format.FHIR, {"bundle.json": text}, site, **how)


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}


def person(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": "p1",
        "name": [{"family": "Torres", "given": ["Maya", "Luz"]}],
        "birthDate": "1984-03-14",
        "gender": "female",
        **more,
    }


def ends(taken: list[Taken]) -> dict[str, int]:
    return dict(Counter(str(row.outcome) for row in taken))


def zipped(files: dict[str, bytes], **how: Any) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()
