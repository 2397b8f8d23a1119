"""What the clinic admin does: add a system, give it a new secret, try it, tell it again, switch it off."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.views.decorators.debug import sensitive_variables

from clinic import clock
from clinic.errors import Invalid, NotFound, Refused
from clinic.ids import uuid7
from clinic.models import Site, User
from clinic.policy import Action, require
from reminders import leases
from reminders.models import Webhook, WebhookDelivery
from reminders.webhooks import addresses, secrets
from reminders.webhooks.events import Event

State = WebhookDelivery.State
LONGEST_NAME = 60
MOST = 20


def listed(site: Site) -> QuerySet[Webhook]:
    """The systems of a site, those that are told first; each with how many events it was `unheard`."""
    given_up = Count("deliveries", filter=Q(deliveries__state=State.FAILED))
    rows = Webhook.objects.filter(site=site).select_related("made_by", "ended_by").annotate(unheard=given_up)
    return rows.order_by(F("ended_at").desc(nulls_first=True), "made_at")


@sensitive_variables("secret")
@transaction.atomic
def add(*, site: Site, name: str, address: str, kinds: Sequence[str], by: User) -> tuple[Webhook, str]:
    """A system that is told from now on, and its secret, which nobody sees again. Raises NotPermitted, Invalid."""
    require(by, Action.MANAGE_CLINIC, at=site)
    name, address, problems = name.strip(), address.strip(), {}
    if not name or len(name) > LONGEST_NAME:
        problems["name"] = f"Name the system in {LONGEST_NAME} characters or fewer."
    if not kinds or not set(kinds) <= set(Webhook.Kind.values):
        problems["kinds"] = "Choose what it is told of."
    if problems:
        raise Invalid(problems)
    addresses.target(address)
    if Webhook.objects.filter(site=site, ended_at__isnull=True).count() >= MOST:
        raise Refused(f"{MOST} systems are told already. Switch one off first.")
    made = Webhook(site=site, name=name, address=address, kinds=sorted(set(kinds)), made_by=by)
    secret = secrets.give(made)
    made.save(force_insert=True)
    return made, secret


@sensitive_variables("secret")
@transaction.atomic
def renew_secret(*, webhook_id: UUID, by: User) -> tuple[Webhook, str]:
    """Another secret. For a day the one before it signs as well. Raises NotFound, NotPermitted, Refused."""
    webhook = _active(webhook_id, by)
    secret = secrets.give(webhook)
    webhook.save()
    return webhook, secret


@transaction.atomic
def send_test(*, webhook_id: UUID, by: User) -> WebhookDelivery:
    """An event about nothing. Raises NotFound, NotPermitted, Refused."""
    webhook = _active(webhook_id, by)
    row = Event(WebhookDelivery.TEST, str(uuid7()), clock.now(), {"webhook": webhook.pk}).to(webhook)
    row.about = {}
    row.save(force_insert=True)
    return row


@transaction.atomic
def try_again(*, delivery_id: UUID, by: User) -> WebhookDelivery:
    """Begin anew with an event that was given up; its id stays. Raises NotFound, NotPermitted, Refused."""
    rows = WebhookDelivery.objects.select_for_update(of=("self",)).select_related("webhook__site")
    row = rows.filter(pk=delivery_id, webhook__site__in=by.site_ids).first()
    if row is None:
        raise NotFound
    require(by, Action.MANAGE_CLINIC, at=row.webhook.site)
    if row.state != State.FAILED or not row.webhook.is_active:
        raise Refused("Only what was given up can be told again, and only while its system is switched on.")
    row.state, row.why, row.attempts, row.next_attempt_at = State.PLANNED, "", 0, None
    row.save()
    return row


@transaction.atomic
def switch_off(*, webhook_id: UUID, by: User) -> Webhook:
    """Tell it nothing any more, for good; what waits is dropped. Raises NotFound, NotPermitted, Refused."""
    webhook = _active(webhook_id, by)
    webhook.ended_at, webhook.ended_by = clock.now(), by
    webhook.save()
    webhook.deliveries.filter(state__in=[State.PLANNED, State.CLAIMED], begun_at__isnull=True).update(
        state=State.VOID, why="It was switched off.", next_attempt_at=None, **leases.FREE
    )
    return webhook


def _active(webhook_id: UUID, by: User) -> Webhook:
    rows = Webhook.objects.select_for_update(of=("self",)).select_related("site")
    webhook = rows.filter(pk=webhook_id, site__in=by.site_ids).first()
    if webhook is None:
        raise NotFound
    require(by, Action.MANAGE_CLINIC, at=webhook.site)
    if not webhook.is_active:
        raise Refused("This system is switched off. Add it again.")
    return webhook
