"""What a visit was, told by the rooms it went through, for the bill (insurance.coding_rules). It writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet, Sum

from clinic.models import Site, User
from infusions import pump
from infusions.models import Infusion, LedgerEntry
from insurance import charges, code_tables, fees
from insurance.charges import Service
from insurance.coding_rules import Drug, Fact, Infused, Planned, Scored, Seen, Talked, suggest
from insurance.models import CodedVisit
from patients.models import Evaluation, MeasureResponse, SafetyPlan
from therapy import notes
from therapy.models import TherapySession
from visits.models import Appointment, StatusEvent

Kind, Status = Appointment.Kind, Appointment.Status
MINUTE = timedelta(minutes=1)
YEARS_NEW = timedelta(days=3 * 365)
"""Without a visit for three years, a patient counts as new again (protocol 6.2: 99202 to 99205)."""


def done(site: Site, *, coded: bool | None = None) -> QuerySet[Appointment]:
    """The visits of a site that took place: those to code, the oldest first; or those that are coded, or all."""
    found = Exists(CodedVisit.objects.filter(visit_id=OuterRef("pk"), entered_in_error_at__isnull=True))
    rows = Appointment.objects.filter(site=site, status=Status.DONE).select_related("patient", "site")
    if coded is False:
        return rows.filter(~found).order_by("starts_at", "id")
    return (rows.filter(found) if coded else rows).order_by("-starts_at", "-id")


def service(visit: Appointment) -> Service:
    """What can be billed of a visit that took place, by the table that counts on its day."""
    day = visit.site.local(visit.starts_at).date()
    facts, span, who = _facts(visit)
    return Service(
        visit_id=visit.pk,
        visit_kind=visit.get_kind_display(),
        patient=visit.patient,
        site=visit.site,
        service_on=day,
        started_at=span[0],
        stopped_at=span[1],
        rendering=who,
        diagnosis_codes=_diagnoses(visit),
        suggestions=tuple(suggest([*facts, *_beside(visit)], code_tables.on(day))),
    )


def prices(of: Service) -> dict[str, Decimal | None]:
    """The fee of each code on the day: what the clinic asks of who pays alone, or what it bills a plan."""
    alone = charges.payer_on(of.patient, of.service_on) is None
    sheet = {fee.code: fee for fee in fees.sheet(of.site, of.service_on)}
    return {code: fee.self_pay if alone and fee.self_pay is not None else fee.billed for code, fee in sheet.items()}


Span = tuple[datetime | None, datetime | None]


def _facts(visit: Appointment) -> tuple[list[Fact], Span, User | None]:
    if visit.kind in Appointment.INFUSIONS:
        return _infusion(visit)
    if visit.kind in Appointment.THERAPY:
        return _therapy(visit)
    return _seen(visit)


def _infusion(visit: Appointment) -> tuple[list[Fact], Span, User | None]:
    rows = Infusion.objects.select_related("nurse", "vial", "order__signed_by")
    infusion = rows.filter(appointment=visit).first()
    if infusion is None:
        return [], (None, None), None
    who = infusion.order.signed_by if infusion.order else None
    if infusion.started_at is None:
        return [Seen(None, new=False, measured=False)], (None, None), who
    if infusion.ended_at is None:
        return [Infused(None)], (None, None), who
    minutes = pump.infused_seconds(infusion, infusion.ended_at) // 60
    times = [f"{visit.site.local(at):%H:%M}" for at in (infusion.started_at, infusion.ended_at)]
    facts: list[Fact] = [Infused(minutes, "–".join(times), infusion.paused_seconds // 60)]
    if infusion.vial and infusion.given_mg is not None:
        wasted = LedgerEntry.objects.filter(infusion=infusion).aggregate(all=Sum("wasted_mg"))["all"]
        drawn_mg = pump.drawn_mg(infusion)
        drawn_ml = infusion.drawn_ml or Decimal(0)
        used = drawn_ml * infusion.given_mg / drawn_mg if drawn_mg else Decimal(0)
        vial = infusion.vial
        facts.append(Drug(infusion.given_mg, used.quantize(Decimal("0.01")), wasted or Decimal(0), vial.ndc))
    return facts, (infusion.started_at, infusion.ended_at), who


def _therapy(visit: Appointment) -> tuple[list[Fact], Span, User | None]:
    session = TherapySession.objects.filter(appointment=visit).select_related("therapist").first()
    if session is None:
        return [], (None, None), None
    said = notes.told(session)
    return [Talked(said.minutes, said.final, said.modality, said.reached)], said.span, session.therapist


def _seen(visit: Appointment) -> tuple[list[Fact], Span, User | None]:
    """A visit with a provider: its minutes as its steps were pressed, else as it was booked."""
    steps = dict(
        StatusEvent.objects.filter(
            appointment=visit, undone_at__isnull=True, after__in=(Status.IN_PROGRESS, Status.DONE)
        )
        .order_by("at")
        .values_list("after", "at")
    )
    began, ended = steps.get(Status.IN_PROGRESS), steps.get(Status.DONE)
    measured = began is not None and ended is not None
    span: Span = (began, ended) if measured else (visit.starts_at, visit.ends_at)
    minutes = (span[1] - span[0]) // MINUTE if span[0] and span[1] else 0
    before = Appointment.objects.filter(
        patient=visit.patient, status=Status.DONE, starts_at__lt=visit.starts_at,
        starts_at__gte=visit.starts_at - YEARS_NEW,
    )  # fmt: skip
    start, end = visit.site.day_bounds(visit.site.local(visit.starts_at).date())
    infused = Appointment.objects.filter(
        patient=visit.patient,
        kind__in=Appointment.INFUSIONS,
        status=Status.DONE,
        starts_at__gte=start,
        starts_at__lt=end,
    )
    signed = Evaluation.objects.filter(patient=visit.patient, signed_at__gte=visit.starts_at - timedelta(days=1))
    evaluation = signed.select_related("signed_by").order_by("signed_at").first()
    fact = Seen(minutes, new=not before.exists(), measured=measured, beside_infusion=infused.exists())
    return [fact], span if measured else (None, None), evaluation.signed_by if evaluation else None


def _beside(visit: Appointment) -> Iterator[Fact]:
    """What else counts on the day: with the first visit of that day alone, so that it is billed once."""
    start, end = visit.site.day_bounds(visit.site.local(visit.starts_at).date())
    same_day = Appointment.objects.filter(patient=visit.patient, status=Status.DONE, starts_at__gte=start)
    first = same_day.filter(starts_at__lt=end).order_by("starts_at", "id").values_list("pk", flat=True).first()
    if first != visit.pk:
        return
    measures = MeasureResponse.objects.filter(
        patient=visit.patient, entered_in_error_at__isnull=True, observed_at__gte=start, observed_at__lt=end
    )
    shown = dict(MeasureResponse.Instrument.choices)
    names = sorted({shown[name] for name in measures.values_list("instrument", flat=True)})
    if names:
        yield Scored(tuple(names))
    if SafetyPlan.objects.filter(patient=visit.patient, signed_at__gte=start, signed_at__lt=end).exists():
        yield Planned()


def _diagnoses(visit: Appointment) -> tuple[str, ...]:
    rows = Evaluation.objects.filter(patient=visit.patient, signed_at__isnull=False).exclude(diagnosis_code="")
    newest = rows.filter(signed_at__lt=visit.ends_at + timedelta(days=1)).order_by("-signed_at").first()
    return (newest.diagnosis_code,) if newest else ()
