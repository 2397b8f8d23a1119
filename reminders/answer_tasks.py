"""Answers of payers (271) that nobody could match, so that none lies unseen: one task a site while any waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Max, Min, Q
from django.urls import reverse

from clinic.models import Site
from insurance.models import EligibilityAnswer
from patients.models import Patient
from reminders.asking import Ask, Watch

WITHIN = timedelta(hours=24)


def _asks(site: Site, _patient: Patient | None) -> Iterator[Ask]:
    """What came for no site in particular, by the clearing house, is asked of all."""
    waiting = EligibilityAnswer.objects.filter(Q(site=site) | Q(site=None), state__in=EligibilityAnswer.WAITING)
    found = waiting.aggregate(newest=Max("file__received_at"), oldest=Min("file__received_at"))
    if found["oldest"]:
        yield Ask(
            ("site", site.pk),
            "Match the answers of payers that wait, or put them aside",
            found["oldest"] + WITHIN,
            reverse("insurance:electronic"),
            occurrence=f"{found['newest']:%Y%m%d%H%M%S}",
        )


WATCH = Watch(("answers_wait",), "No answer waits any more.", _asks)


def follow(site: Site | None) -> None:
    """Something came, was matched or was put aside at this site, or at none."""
    for one in [site] if site else Site.objects.filter(is_active=True):
        WATCH.look(one)
