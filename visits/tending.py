"""Keeping the waiting list true: what has run out ends, what is taken is withdrawn, what is free is offered."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.composed import ComposedValues
from clinic.errors import NotFound
from clinic.gathering import Given
from clinic.models import Site, User
from clinic.policy import Action, require
from reminders import ledger
from visits import offers, waitlist
from visits.followers import Change
from visits.matching import Search, with_holds
from visits.models import Offer, Opening, WaitlistEntry

State = Offer.State
log = logging.getLogger("evenkeel.visits")
KEEP_SENT = timedelta(days=2)  # a letter that says "it is taken" is of no use later


_TOUCHED = ComposedValues(
    Offer.objects.filter(
        entry__site=Given("site"), state=State.OPEN, starts_at__lt=Given("ends"), ends_at__gt=Given("begins")
    )
    .order_by()
    .values_list("pk"),
    prepared=True,
)
"""Offers of a time that overlaps the one just taken: asked after every booking."""


def time_taken(*, site_id: UUID, starts_at: datetime, ends_at: datetime) -> None:
    """Somebody booked: offers of a time that is no longer free are withdrawn. Called once the booking stands."""
    if found := _TOUCHED.read(site=site_id, begins=starts_at, ends=ends_at):
        withdraw_gone(site_id=site_id, offer_ids=[pk for (pk,) in found])


@transaction.atomic
def withdraw_gone(*, site_id: UUID, offer_ids: list[UUID]) -> int:
    """Withdraw those of these offers whose time is taken, or no longer earlier than what the patient has."""
    offers.alone_at(site_id)
    standing = list(
        Offer.objects.select_for_update(of=("self",))
        .select_related("entry__site", "entry__patient")
        .filter(pk__in=offer_ids, state=State.OPEN)
        .order_by("pk")
    )
    if not standing:
        return 0
    site = standing[0].entry.site
    entries = {
        one.pk: one
        for one in with_holds(WaitlistEntry.objects.filter(offers__in=standing).select_related("appointment"))
    }
    days = [site.local(moment).date() for offer in standing for moment in (offer.starts_at, offer.ends_at)]
    search = Search(site, min(days), max(days), list(entries.values()))
    gone = [offer for offer in standing if not _stands(search, offer, entries[offer.entry_id])]
    for offer in gone:
        _withdraw(offer)
    return len(gone)


def _stands(search: Search, offer: Offer, entry: WaitlistEntry) -> bool:
    waits = entry.state == WaitlistEntry.State.WAITING
    return waits and search.suits(entry, offer.starts_at) and search.is_free(entry, offer.starts_at)


def _withdraw(offer: Offer) -> None:
    """Take an offer back; who was told of it is told that it is gone."""
    offers.end(offer, State.WITHDRAWN, None)
    if offer.entry.state == WaitlistEntry.State.WAITING and ledger.was_sent(offers.SUBJECT, offer.pk, "slot_offer"):
        offers.say(offer, "slot_gone", expires_at=min(clock.now() + KEEP_SENT, offer.starts_at))


def follow_visit(change: Change) -> None:
    """When the move to an offered time is taken back, the wish waits again, and is not asked about that time anew."""
    if not change.is_undone:
        return
    undone = (
        Offer.objects.select_for_update(of=("self",))
        .filter(appointment=change.visit, state=State.ACCEPTED, event__undone_at__isnull=False)
        .first()
    )
    if undone and waitlist.wait_again(waitlist.locked(undone.entry_id)):
        offers.end(undone, State.DECLINED, change.by, appointment=None, event=None)


@transaction.atomic
def take_off(*, entry_id: UUID, reason: str, by: User) -> WaitlistEntry:
    """Take a patient off the list, with a reason. Raises NotPermitted, Invalid, IllegalTransition."""
    site_id = WaitlistEntry.objects.filter(pk=entry_id).values_list("site_id", flat=True).first()
    if site_id is None:
        raise NotFound
    offers.alone_at(site_id)  # so that nothing is held out to them meanwhile
    standing = _standing(entry_id)
    entry = waitlist.locked(entry_id)
    require(by, Action.BOOK, at=entry.site)
    waitlist.require_reason(reason)
    waitlist.end(entry, WaitlistEntry.State.REMOVED, reason.strip(), by)
    for offer in standing:
        offers.end(offer, State.WITHDRAWN, by)
    return entry


def _standing(entry_id: UUID) -> list[Offer]:
    """The open offer of a wish, locked before the wish itself, as an acceptance does."""
    return list(Offer.objects.select_for_update().filter(entry=entry_id, state=State.OPEN))


def tend_all() -> int:
    """Every site in turn; trouble at one keeps none of the others waiting. Answers how many people were asked."""
    sites = Site.objects.filter(is_active=True)
    return sum(_safely(partial(tend, site=site), "site", site.pk) for site in sites)


def _safely(work: Callable[[], int], what: str, pk: UUID) -> int:
    """Do one part of the round. What goes wrong is written to the log, and the next tick tries it again."""
    try:
        return work()
    except Exception:
        log.exception("the waiting list: %s %s was left out", what, pk)
        return 0


def tend(*, site: Site) -> int:
    """What has run out is closed; what is free is held out to the next. Answers how many people were asked.

    A time that can't be held out keeps none of the others from it.
    """
    _run_out(site)
    _lapse(site)
    standing = Offer.objects.filter(entry__site=site, state=State.OPEN).values_list("pk", flat=True)
    if found := list(standing):
        withdraw_gone(site_id=site.pk, offer_ids=found)
    openings = Opening.objects.filter(site=site, closed_at__isnull=True).values_list("pk", flat=True)
    if not waitlist.waiting(site).exists():
        openings = openings.filter(ends_at__lte=clock.now())
    return sum(_safely(partial(offers.hold_out, opening_id=pk), "opening", pk) for pk in list(openings))


@transaction.atomic
def _run_out(site: Site) -> None:
    offers.alone_at(site.pk)
    late = Offer.objects.select_for_update(of=("self",)).filter(
        entry__site=site, state=State.OPEN, expires_at__lte=clock.now()
    )
    for offer in late.order_by("pk"):
        offers.end(offer, State.EXPIRED, None)


@transaction.atomic
def _lapse(site: Site) -> None:
    offers.alone_at(site.pk)
    for pk in list(waitlist.over(site).values_list("pk", flat=True)):
        standing = _standing(pk)
        entry = waitlist.locked(pk)
        if entry.state == WaitlistEntry.State.WAITING:
            waitlist.end(entry, WaitlistEntry.State.LAPSED, "The last day is past, or the visit is over.", None)
            for offer in standing:
                offers.end(offer, State.WITHDRAWN, None)
