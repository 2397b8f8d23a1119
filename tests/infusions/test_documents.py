"""Papers: what they hold, whose names they print, where they are kept, and that reading them is written down."""

import hashlib
import re
import zlib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import reverse

from clinic import clock
from clinic.documents import paper
from clinic.errors import Invalid
from clinic.models import ReadEvent
from infusions import flowsheets, ledger, ledger_export, run
from infusions.models import FlowsheetPack
from tests import build
from tests.infusions import making

FONTS = Path(paper.__file__).parent / "fonts"
NAMES = ("Zoë Müller", "Nguyễn Thị Ánh", "Łukasz Żak", "李小龍", "Σωκράτης", "Дарья")


def signs_of(pdf: bytes) -> str:
    """The signs that a PDF's text maps its glyphs to."""
    maps = []
    for raw in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            maps.append(zlib.decompress(raw))
        except zlib.error:
            maps.append(raw)
    found = re.findall(rb"<[0-9A-F]{4}> <([0-9A-F]{4,8})>", b"\n".join(each for each in maps if b"beginbf" in each))
    return "".join(bytes.fromhex(code.decode()).decode("utf-16-be") for code in found)


@pytest.fixture(autouse=True)
def in_the_morning(site):
    with clock.at(build.moment(site, "2027-02-02", "05:30")):
        yield


@pytest.mark.parametrize("say", [lambda sheet, name: sheet.say(name), lambda sheet, name: sheet.wrapped([name], [60])])
def test_every_name_is_printed_as_it_is_written(say):
    sheet = paper.Paper(head="Names", foot="", made=clock.now())
    sheet.add_page()
    for name in NAMES:
        say(sheet, name)
    assert set("".join(NAMES)) - {" "} <= set(signs_of(sheet.made()))


def test_a_name_in_latin_letters_does_not_load_the_large_font():
    sheet = paper.Paper(head="Names", foot="", made=clock.now())
    sheet.add_page()
    sheet.say("Nguyễn Łukasz – 0.8 mL")
    assert "far" not in sheet.fonts


@pytest.mark.parametrize("line", (FONTS / "SHA256SUMS").read_text().splitlines())
def test_a_vendored_font_is_the_one_that_was_published(line):
    digest, name = line.split("  ")
    assert hashlib.sha256((FONTS / name).read_bytes()).hexdigest() == digest


# The morning's pack


def test_the_pack_is_made_once_each_morning_and_thrown_away_after_a_week(booked, site):
    with clock.at(build.moment(site, "2027-02-02", "04:59")):
        assert flowsheets.make_due() == 0
    assert flowsheets.make_due() == 1
    assert flowsheets.make_due() == 0
    pack = FlowsheetPack.objects.get()
    assert (pack.sheets, bytes(pack.pdf[:4])) == (1, b"%PDF")
    with clock.at(build.moment(site, "2027-02-09", "05:30")):
        flowsheets.make_due()
    assert list(FlowsheetPack.objects.values_list("on", flat=True)) == [date(2027, 2, 9)]


def test_a_cancelled_infusion_has_no_sheet(booked, site, day):
    run.cancel(infusion_id=booked.pk, party="patient", reason="Ill", by=day.provider)
    assert flowsheets.sheets_of(site, site.today()) == []


def test_the_sheets_cost_the_same_queries_with_one_and_three(site, front_desk, provider, django_assert_num_queries):
    for number in range(3):
        series = making.loading(build.patient(site, given_name=f"Ada{number}"), front_desk)
        making.order(series, provider)
        making.infusion(series, 1, "2027-02-02", at=f"{10 + number}:00")
        with django_assert_num_queries(6):
            assert len(flowsheets.sheets_of(site, date(2027, 2, 2))) == number + 1


def test_a_nurse_takes_the_pack_and_each_patient_of_it_is_read(client, nurse, booked):
    client.force_login(nurse)
    page = reverse("infusions:flowsheets-pdf")
    pack = flowsheets.make(site=booked.appointment.site, on=date(2027, 2, 2))
    assert client.get(page, {"made": "morning"}).content == pack.pdf
    answer = client.get(page)
    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert answer["Cache-Control"] == "private, no-store"
    read = ReadEvent.objects.filter(what="flowsheets of the day, PDF")
    assert list(read.values_list("patient_id", flat=True)) == [booked.series.patient_id] * 2


def test_who_reads_the_mornings_pack_reads_of_those_it_names(client, booked, nurse, day):
    """A visit that was called off since the morning is on its paper, so it is in the read log."""
    client.force_login(nurse)
    flowsheets.make(site=booked.appointment.site, on=date(2027, 2, 2))
    run.cancel(infusion_id=booked.pk, party="patient", reason="Ill", by=day.provider)
    page = reverse("infusions:flowsheets-pdf")
    for made, times in (("now", 0), ("morning", 1)):
        client.get(page, {"made": made})
        assert (
            ReadEvent.objects.filter(what="flowsheets of the day, PDF", patient_id=booked.series.patient_id).count()
            == times
        )


# The ledger for an inspection


@pytest.fixture
def used(recovering, day, other_nurse):
    """0.8 mL drawn and given on the day, and a spill."""
    patient = recovering.series.patient
    type(patient).objects.filter(pk=patient.pk).update(address="14 Pine St", city="Portland", state="OR")
    with day.clock("12:00"):
        ledger.waste(vial_id=recovering.vial_id, ml=Decimal("0.5"), note="=Dropped", by=day.nurse, witness=other_nurse)
    return recovering


def test_each_use_stands_with_patient_address_vial_amounts_and_initials(used, site):
    lines = ledger_export.lines(site, date(2027, 2, 2), date(2027, 2, 2))
    rows = [dict(zip(ledger_export.HEADINGS, line.cells, strict=True)) for line in lines]
    drawn, given, wasted = rows
    assert (drawn["Patient"], drawn["Address"]) == ("Maya Torres", "14 Pine St, Portland, OR")
    assert (drawn["Vial"], drawn["Lot"], drawn["Expires"], drawn["Strength mg/mL"]) == (
        "V-0142", "K2291", "2028-11-30", "50",
    )  # fmt: skip
    assert (drawn["Out mL"], drawn["Balance mL"], drawn["Drawn mg"], drawn["By"]) == ("0.8", "9.2", "40", "AO")
    assert (given["Entry"], given["Given mg"], given["Balance mL"]) == ("Given", "40", "9.2")
    assert (wasted["Out mL"], wasted["Balance mL"], wasted["Witness"]) == ("0.5", "8.7", "SL")


def test_the_days_asked_for_are_the_sites_days(used, site):
    assert ledger_export.lines(site, date(2027, 2, 3), date(2027, 2, 3)) == []
    assert len(ledger_export.lines(site, date(2027, 1, 1), date(2027, 2, 2))) == 4


def test_a_spreadsheet_takes_no_text_for_a_formula(used, site):
    text = ledger_export.as_csv(ledger_export.lines(site, date(2027, 2, 2), date(2027, 2, 2))).decode("utf-8-sig")
    assert "'=Dropped" in text


@pytest.mark.parametrize(
    ("first", "last", "most"),
    [(date(2027, 2, 2), date(2027, 2, 1), 731), (date(2025, 2, 1), date(2027, 2, 2), 731),
     (date(2026, 11, 1), date(2027, 2, 1), 92)],
)  # fmt: skip
def test_a_range_is_bounded(first, last, most):
    with pytest.raises(Invalid):
        ledger_export.check(first, last, most=most)
    ledger_export.check(last - timedelta(days=most - 1), last, most=most)


@pytest.mark.parametrize(("kind", "starts"), [("csv", b"\xef\xbb\xbfDate"), ("pdf", b"%PDF")])
def test_the_export_is_a_file_and_each_patient_in_it_is_read(client, nurse, used, kind, starts):
    client.force_login(nurse)
    page = reverse("infusions:ledger-export")
    answer = client.get(page, {"first": "2027-02-01", "last": "2027-02-02", "on": kind})
    assert answer.content.startswith(starts)
    assert answer["Cache-Control"] == "private, no-store"
    assert ReadEvent.objects.filter(what="drug ledger, export", patient_id=used.series.patient_id).count() == 1


def test_an_export_of_too_many_days_is_a_sentence(client, nurse, site):
    client.force_login(nurse)
    answer = client.get(reverse("infusions:ledger-export"), {"first": "2026-01-01", "last": "2027-02-02", "on": "pdf"})
    assert answer.status_code == 422
    assert "at most 92 days" in answer.content.decode()
