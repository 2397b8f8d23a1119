"""Two who page at once: each step of the escalation exists once, and each page goes out once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.mail import EmailMessage
from django.db import connection

from clinic import clock
from clinic.models import Site, User
from patients.models import Patient
from reminders import paging
from reminders.models import StaffPage
from tests import build

PAGERS = 3

pytestmark = pytest.mark.django_db(transaction=True)


def test_pagers_at_the_same_moment_send_each_page_once(
    site: Site, patient: Patient, nurse: User, provider: User, mailoutbox: list[EmailMessage]
) -> None:
    opened = build.moment(site, "2027-02-05", "21:40")
    with clock.at(opened):
        build.cssrs(patient, 1, 1, 1, 1, 0, 0, by=nurse)
    start = Barrier(PAGERS)

    def page(_: int) -> paging.Counts:
        start.wait()
        try:
            with clock.at(opened + timedelta(minutes=15)):
                return paging.run()
        finally:
            connection.close()

    with ThreadPoolExecutor(PAGERS) as pool:
        done = list(pool.map(page, range(PAGERS)))
    assert sum(each.escalated for each in done) == 1
    assert [page.step for page in StaffPage.objects.order_by("step")] == [0, 1]
    assert (sum(each.sent for each in done), len(mailoutbox)) == (2, 2)
