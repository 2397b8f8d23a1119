"""Files that are none: refused whole, with line and column, and nothing changes."""

import json
import struct
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.errors import Invalid
from clinic.models import Site
from patients.imports import fhir, jobs, source, synthea, table
from patients.imports.rows import BadFile
from patients.models import ImportJob, Patient
from tests.patients.importing import FHIR, HEADER, SYNTHEA, bundle, person, zipped

GOOD = HEADER + "a,1984-03-14,,Maya,Torres,F\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.mark.parametrize(
    ("content", "line", "column", "why"),
    [
        (b"", 1, 1, "empty"),
        (b" \n\n", 1, 1, "empty"),
        (PNG, 1, 1, "not UTF-8"),
        (GOOD.replace("Maya", "Zoë").encode("latin-1"), 2, 17, "not UTF-8"),
        (GOOD.encode("utf-16"), 1, 1, "UTF-16"),
        (b"Id,BIRTHDATE,DEATHDATE,FIRST,GENDER\n", 1, 36, "column LAST is missing"),
        (b"<html><body>Sign in</body></html>\n", 1, 34, "columns Id, BIRTHDATE"),
        (GOOD.replace(",", ";").encode(), 1, 3, "not separated by commas"),
        (b"Id,Id,BIRTHDATE,DEATHDATE,FIRST,LAST,GENDER\n", 1, 4, "stands in the header twice"),
        ((GOOD + 'b,1984-03-14,,"Maya,Torres,F\n').encode(), 3, 15, "never closed"),
        ((GOOD + 'b,1984-03-14,,"Ma"ya,Torres,F\n').encode(), 3, 19, "must follow a closing quote"),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_line_and_column(
    content: bytes, line: int, column: int, why: str
) -> None:
    with pytest.raises(BadFile, match=why) as refused:
        synthea.read({"patients.csv": content})
    assert (refused.value.line, refused.value.column) == (line, column)
    assert refused.value.sentence.startswith(f"patients.csv, line {line}, column {column}: ")


def test_a_mark_before_the_text_windows_line_ends_and_blank_lines_are_fine() -> None:
    lines = table.read("x.csv", b"\xef\xbb\xbfa,b\r\n1,2\r\n\r\n3,4", ("a", "b"))
    assert [(one.where.line, one.get("b")) for one in lines] == [(2, "2"), (4, "4")]


def test_a_quoted_cell_over_two_lines_keeps_the_count_of_lines() -> None:
    lines = table.read("x.csv", b'a,b\n"1\nand more",2\n3,4\n', ("a", "b"))
    assert [one.where.line for one in lines] == [2, 4]


@pytest.mark.parametrize(
    ("content", "line", "column", "why"),
    [
        (b'{"resourceType": "Bundle",\n "entry": [}', 2, 12, "not JSON"),
        (b'{"resourceType": "Bundle", "x": NaN}', 1, 1, "not JSON that FHIR allows"),
        (b"[" * 200_000, 1, 1, "not JSON that FHIR allows"),
        (b'"text"', 1, 1, "not a FHIR bundle"),
        (b'{"resourceType": "Patient"}', 1, 1, "not a FHIR bundle"),
        (b'{"resourceType": "Bundle", "entry": 7}', 1, 1, "not a list"),
        (b'{"resourceType": "Bundle", "entry": [7, {"resource": 7}]}', 1, 1, "no Patient"),
        (b'{"resourceType": "B\xfcndle"}', 1, 20, "not UTF-8"),
    ],
)
def test_a_file_that_is_no_bundle_is_refused_by_line_and_column(
    content: bytes, line: int, column: int, why: str
) -> None:
    with pytest.raises(BadFile, match=why) as refused:
        fhir.read({"bundle.json": content})
    assert (refused.value.line, refused.value.column) == (line, column)


def test_a_second_bad_file_of_a_folder_lets_nothing_of_the_first_in(site: Site) -> None:
    good = json.dumps(bundle(person())).encode()
    content = zipped({"1.json": good, "2.json": b"{"})
    by = None
    job = ImportJob.objects.create(site=site, format="fhir", file_name="two.zip", content=content, started_by=by)
    done = jobs.run(job_id=job.pk)
    assert (done.state, done.refusal[:30]) == ("refused", "2.json, line 1, column 2: This")
    assert (done.content, Patient.objects.count(), done.rows.count()) == (None, 0, 0)


@pytest.mark.parametrize("name", ["../patients.csv", "/etc/patients.csv", "a/../../patients.csv", "C:\\patients.csv"])
def test_a_zip_that_points_outside_itself_is_refused(name: str) -> None:
    with pytest.raises(BadFile, match="points outside"):
        source.from_bytes("x.zip", zipped({"payers.csv": b"Id,NAME\n", name: GOOD.encode()}), ".csv")


def test_a_zip_that_is_packed_too_tightly_is_refused() -> None:
    with pytest.raises(BadFile, match="too tightly"):
        source.from_bytes("x.zip", zipped({"patients.csv": b"0" * 2 * source.MEGABYTE}), ".csv")


def test_a_zip_that_is_too_large_unpacked_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_UNPACKED", 100)
    with pytest.raises(BadFile, match="Unpacked"):
        source.from_bytes("x.zip", zipped({"a.csv": b"x" * 60, "b.csv": b"y" * 60}), ".csv")


def test_a_zip_with_too_many_files_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_FILES", 1)
    with pytest.raises(BadFile, match="holds 2 files"):
        source.from_bytes("x.zip", zipped({"a.csv": b"x", "b.csv": b"y"}), ".csv")


def test_a_zip_with_one_name_twice_is_refused() -> None:
    with pytest.raises(BadFile, match="twice"):
        source.from_bytes("x.zip", zipped({"a/p.csv": b"x", "b/p.csv": b"y"}), ".csv")


def test_a_zip_without_a_table_is_refused() -> None:
    with pytest.raises(BadFile, match=r"no \.csv file"):
        source.from_bytes("x.zip", zipped({"notes.txt": b"x", "__MACOSX/p.csv": b"x"}), ".csv")


def test_a_zip_with_a_password_is_refused() -> None:
    content = bytearray(zipped({"patients.csv": GOOD.encode()}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark) + place
        content[at : at + 2] = struct.pack("<H", 1)
    with pytest.raises(BadFile, match="password"):
        source.from_bytes("x.zip", bytes(content), ".csv")


def test_a_damaged_zip_is_refused() -> None:
    content = zipped({"patients.csv": GOOD.encode() * 50})
    for cut in (5, 40, len(content) // 2, len(content) - 3):
        with pytest.raises(BadFile, match="damaged"):
            source.from_bytes("x.zip", content[:cut], ".csv")


def test_the_shared_folder_as_a_zip_of_a_folder_is_read() -> None:
    files = {f"synthea/{path.name}": path.read_bytes() for path in SYNTHEA.iterdir()}
    assert len(synthea.read(source.from_bytes("s.zip", zipped(files), ".csv")).people) == 88


@pytest.mark.parametrize(
    ("change", "field"),
    [({"format": "pdf"}, "format"), ({"content": b""}, "upload"), ({"content": b"x" * 101}, "upload")],
)
def test_an_upload_that_can_not_be_is_refused(
    site: Site, clinic_admin: Any, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], field: str
) -> None:
    monkeypatch.setattr(jobs, "MAX_UPLOAD", 100)
    asked = {"format": "csv", "content": b"x", **change}
    with pytest.raises(Invalid) as refused:
        jobs.ask(site=site, file_name="x", by=clinic_admin, **asked)
    assert list(refused.value.fields) == [field]
    assert not ImportJob.objects.exists()


CUT = (SYNTHEA / "allergies.csv").read_bytes()[:1200]
BUNDLE = (FHIR / "synthea-bundle-2.json").read_bytes()[:2000]


def spoiled(content: bytes) -> st.SearchStrategy[bytes]:
    """The content with some bytes written over, or any bytes at all."""
    place = st.integers(0, len(content) - 1)
    over = st.builds(lambda at, new: content[:at] + new + content[at + len(new) :], place, st.binary(max_size=8))
    return st.one_of(over, st.binary(max_size=400))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(spoiled(GOOD.encode()), spoiled(CUT), spoiled(BUNDLE))
def test_any_bytes_are_read_or_refused(people: bytes, allergies: bytes, resources: bytes) -> None:
    for reading in (
        lambda: synthea.read({"patients.csv": people, "allergies.csv": allergies}),
        lambda: fhir.read({"b.json": resources}),
        lambda: source.from_bytes("x.zip", b"PK\x03\x04" + people, ".csv"),
    ):
        with suppress(BadFile):
            reading()
