"""Several dispatchers at once, and each event goes out once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from clinic import clock
from clinic.models import Site, User
from reminders.models import Webhook, WebhookDelivery
from reminders.webhooks import dispatch, events, subscriptions
from reminders.webhooks.events import Event
from tests import build
from tests.receiver import listening

pytestmark = pytest.mark.django_db(transaction=True)

DISPATCHERS, EVENTS = 4, 30


def test_four_dispatchers_at_once_tell_each_event_once(site: Site, clinic_admin: User) -> None:
    now, start = build.moment(site, "2027-02-02", "09:00"), Barrier(DISPATCHERS)

    def run(_: int) -> int:
        start.wait()
        try:
            with clock.at(now):
                return dispatch.work().taken
        finally:
            connection.close()

    with listening() as receiver:
        with clock.at(now):
            kinds = [Webhook.Kind.BOOKED]
            subscriptions.add(site=site, name="Billing", address=receiver.address, kinds=kinds, by=clinic_admin)
            events.write(site.pk, [Event(kinds[0], "1", now, {"appointment": uuid4()}) for _ in range(EVENTS)])
        with ThreadPoolExecutor(DISPATCHERS) as pool:
            assert sum(pool.map(run, range(DISPATCHERS))) == EVENTS
    ids = [told.headers["Evenkeel-Event-Id"] for told in receiver.told]
    assert len(ids) == len(set(ids)) == EVENTS
    assert set(WebhookDelivery.objects.values_list("state", "attempts")) == {("sent", 1)}
