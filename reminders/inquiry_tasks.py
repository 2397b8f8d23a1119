"""Inquiries that nobody answered in one business day (protocol 7)."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from clinic import clock
from clinic.models import Site, User
from insurance.rules import add_business_days
from patients.models import Inquiry, Patient
from reminders import followups
from reminders.asking import Ask, Watch

KIND, SUBJECT = "inquiry_unanswered", "inquiry"
ANSWERED = "The inquiry was answered."
BUSINESS_DAYS = 1


def _asks(site: Site, _patient: Patient | None) -> Iterator[Ask]:
    """An inquiry is not a patient yet, so all of a site are looked at."""
    for inquiry in Inquiry.objects.filter(site=site, state=Inquiry.State.NEW):
        here = site.local(inquiry.received_at)
        due = site.moment(add_business_days(here.date(), BUSINESS_DAYS), here.time())
        if due <= clock.now():
            link = reverse("patients:inquiry", args=[inquiry.pk])
            yield Ask((SUBJECT, inquiry.pk), f"Answer the inquiry of {inquiry}", due, link)


WATCH = Watch((KIND,), ANSWERED, _asks)


def answered(inquiry: Inquiry, by: User) -> None:
    """Somebody got in touch, or it was closed or became a patient."""
    followups.close_for(subject_kind=SUBJECT, subject_id=inquiry.pk, kind=KIND, outcome=ANSWERED, by=by)
