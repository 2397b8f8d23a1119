"""The morning's paper: a pack of empty flowsheets for each site, kept until the week is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time, timedelta
from uuid import UUID

from django.db import transaction

from clinic import clock, settings_versions
from clinic.models import Site
from infusions import orders
from infusions.documents import flowsheet_pdf
from infusions.models import FlowsheetPack, Infusion, Order
from infusions.states import State

MADE_FROM = time(5, 0)
"""On the site's clock: before anybody arrives, after the night's changes."""
KEPT_DAYS = 7
"""Long enough to type a bad day's rows in; then the paper in the binder is all there is (its facts live elsewhere)."""
GONE = (State.CANCELLED, State.NO_SHOW, State.NOT_GIVEN)

beside: list[Callable[[Sequence[Infusion]], Mapping[UUID, str]]] = []
"""Rooms further right say here in a line what is beside the chair of each infusion, for the paper too."""


def sheets_of(site: Site, on: date) -> list[flowsheet_pdf.Sheet]:
    """The day's infusions in the order in which they begin."""
    start, end = site.day_bounds(on)
    of_the_day = {"appointment__starts_at__gte": start, "appointment__starts_at__lt": end}
    infusions = list(
        Infusion.objects.filter(appointment__site=site, **of_the_day)
        .exclude(state__in=GONE)
        .select_related("series__patient", "appointment", "nurse")
        .prefetch_related("series__patient__allergies", "appointment__holds__room")
        .order_by("appointment__starts_at", "id")
    )  # fmt: skip
    ordered = orders.for_infusions(infusions)
    told = [say(infusions) for say in beside]
    words = {one.pk: [lines[one.pk] for lines in told if one.pk in lines] for one in infusions}
    return [_sheet(infusion, ordered[infusion.pk], words[infusion.pk]) for infusion in infusions]


def _sheet(infusion: Infusion, order: Order | None, words: list[str]) -> flowsheet_pdf.Sheet:
    allergies = [row.display for row in infusion.series.patient.allergies.all() if not row.entered_in_error_at]
    rooms = [hold.room.name for hold in infusion.appointment.holds.all() if hold.room and hold.active]
    return flowsheet_pdf.Sheet(
        infusion, order, ", ".join(allergies), rooms[0] if rooms else "",
        infusion.nurse.full_name if infusion.nurse else "", words,
    )  # fmt: skip


def pdf(site: Site, on: date) -> tuple[bytes, list[flowsheet_pdf.Sheet]]:
    """The pack as it is now."""
    sheets = sheets_of(site, on)
    return flowsheet_pdf.make(site, on, sheets, settings_versions.current(site)), sheets


@transaction.atomic
def make(*, site: Site, on: date) -> FlowsheetPack:
    """Make and keep the day's pack; an older one of the same day gives way."""
    content, sheets = pdf(site, on)
    pack, _ = FlowsheetPack.objects.update_or_create(
        site=site,
        on=on,
        defaults={"made_at": clock.now(), "sheets": len(sheets), "patients": named(sheets), "pdf": content},
    )
    return pack


def make_due() -> int:
    """Make today's pack at every site whose morning has come and that has none; throw away what is too old."""
    made = 0
    for site in Site.objects.filter(is_active=True):
        here = site.local(clock.now())
        FlowsheetPack.objects.filter(site=site, on__lte=here.date() - timedelta(days=KEPT_DAYS)).delete()
        if here.time() >= MADE_FROM and not FlowsheetPack.objects.filter(site=site, on=here.date()).exists():
            make(site=site, on=here.date())
            made += 1
    return made


def of_day(site: Site, on: date) -> FlowsheetPack | None:
    """The kept pack, without its content."""
    return FlowsheetPack.objects.filter(site=site, on=on).defer("pdf").first()


def named(sheets: list[flowsheet_pdf.Sheet]) -> list[UUID]:
    """The patients on these sheets."""
    return [one.infusion.series.patient_id for one in sheets]


def kept(site: Site, on: date) -> tuple[bytes, list[UUID]] | None:
    """The content of the kept pack, and whom it names."""
    found = FlowsheetPack.objects.filter(site=site, on=on).values_list("pdf", "patients").first()
    return (bytes(found[0]), found[1]) if found else None
