"""What becomes of the sessions of a stopped series (protocol 5; J4): the integration is offered within 7 days."""

from __future__ import annotations

from datetime import date, time, timedelta

from django.urls import reverse

from clinic import clock, settings_versions
from clinic.models import User
from clinic.wording import listed
from infusions import series_tasks
from infusions.models import RelapseState, Series
from infusions.stopping import Consequence
from therapy.models import TherapySession
from visits import changes, clashes

Kind = TherapySession.Kind
OFFER, TOLD = "integration_offer", "relapse_told"
EVENING = time(17)
GONE = (TherapySession.State.MISSED, TherapySession.State.MOVED)


def foresee(series: Series) -> list[Consequence]:
    """What would happen to the sessions, in sentences."""
    if series.kind != Series.Kind.LOADING:
        return []
    found: list[Consequence] = []
    if waiting := _waiting(series, Kind.PREPARATION, Kind.MIDPOINT):
        kinds = listed([each.get_kind_display().lower() for each in waiting])
        found.append(("stop", f"Cancelled too: the {kinds} session."))
    last = clashes.day(series.site, series.site.moment(_last_day(series), EVENING))
    if kept := _in_time(series):
        found.append(("ok", f"The integration session stays: {_day(series, kept)}."))
    elif not _is_over(series):
        found.append(("info", f"The therapist is asked to offer the integration session by {last}."))
    return found


def follow(series: Series, by: User) -> None:
    """Call off what came before the end, and have the therapist offer the integration where none is booked in time."""
    if series.kind != Series.Kind.LOADING:
        return
    for session in _waiting(series, Kind.PREPARATION, Kind.MIDPOINT):
        if session.appointment_id:
            reason = "The series has ended."
            changes.cancel(appointment_id=session.appointment_id, party="clinic", reason=reason, by=by)
    if _in_time(series) is None and not _is_over(series):
        _ask_to_offer(series)


def _waiting(series: Series, *kinds: Kind) -> list[TherapySession]:
    """Sessions that are booked and still to come."""
    rows = TherapySession.objects.filter(
        series=series,
        kind__in=kinds,
        appointment__status__in=["booked", "confirmed"],
        appointment__starts_at__gt=clock.now(),
    ).exclude(state__in=GONE)
    return list(rows.select_related("appointment"))


def _last_day(series: Series) -> date:
    return series.site.today() + timedelta(days=settings_versions.current(series.site).integration_grace_days)


def _in_time(series: Series) -> TherapySession | None:
    """The integration that is booked within 7 days of today."""
    until = series.site.day_bounds(_last_day(series))[1]
    booked = _waiting(series, Kind.INTEGRATION)
    return next((each for each in booked if each.appointment and each.appointment.starts_at < until), None)


def _is_over(series: Series) -> bool:
    """The integration was held already, or nothing was given that could be integrated."""
    held = TherapySession.objects.filter(series=series, kind=Kind.INTEGRATION)
    done = held.filter(state__in=["held", "documented", "signed"]).exists()
    return done or not series.infusions.filter(started_at__isnull=False).exists()


def _day(series: Series, session: TherapySession) -> str:
    return clashes.day(series.site, session.appointment.starts_at) if session.appointment else ""


def _ask_to_offer(series: Series) -> None:
    session = TherapySession.objects.filter(series=series).order_by("-id").first()
    series_tasks.ask(
        series,
        OFFER,
        "Offer {} the integration session within 7 days",
        due_at=series.site.moment(_last_day(series), EVENING),
        link=reverse("journey:chart", args=[series.patient_id]),
        owner=session.therapist if session else None,
    )


def tell_of_relapse(row: RelapseState) -> None:
    """The therapist of the series hears of a confirmed relapse (J12)."""
    series = row.series
    if row.state != RelapseState.State.CONFIRMED:
        return
    session = TherapySession.objects.filter(series=series).order_by("-id").first()
    series_tasks.ask(
        series,
        TOLD,
        "Relapse of {}: read it, and get in touch",
        due_at=series.site.moment(series.site.today() + timedelta(days=1), EVENING),
        link=reverse("infusions:boosters", args=[series.pk]),
        owner=session.therapist if session else None,
    )
