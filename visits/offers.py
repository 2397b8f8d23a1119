"""Holding a free time out to those who wait for it. Whoever accepts first has it; booking itself says who that is.

Order of locks: an acceptance takes the locks of booking first and the offer's row after them; whatever tends the list
takes the site's own lock first and never waits for a booking.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from psycopg2.extras import DateTimeTZRange

from clinic import clock
from clinic.errors import DomainError, IllegalTransition, NotFound, Refused
from clinic.models import User
from clinic.policy import Action, Role, require
from reminders import followups, ledger, preferences
from visits import booking, changes, waitlist
from visits.clashes import NoPlace, SlotTaken
from visits.locks import lock
from visits.matching import Match, Search, who_fits, with_holds
from visits.models import Appointment, Hold, Offer, Opening, StatusEvent, WaitlistEntry
from visits.states import OFFER_TRANSITIONS
from visits.wish_rules import AT_ONCE, OFFER_HOURS

State = Offer.State
SUBJECT, TASK = "offer", "offer_by_phone"


class Told(Refused):
    """A refusal in words that the patient may read: it names nobody."""


class Faster(Told):
    """Somebody else was faster; the wish stays on the list."""

    title = _lazy("Somebody was faster")  # type: ignore[assignment]  # said in the language of the page


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# Holding out


@transaction.atomic
def hold_out(*, opening_id: UUID) -> int:
    """Offer a time that came free to the next who wait for it. Answers how many were asked; twice asks nobody twice."""
    found = Opening.objects.filter(pk=opening_id).first()
    if found is None:
        raise NotFound
    alone_at(found.site_id)
    opening = _opening(opening_id)
    if opening.closed_at:
        return 0
    if opening.ends_at <= clock.now() or _is_taken(opening):
        opening.closed_at = clock.now()
        opening.save(update_fields=["closed_at"])
        return 0
    free = AT_ONCE - opening.offers.filter(state=State.OPEN).count()
    if free <= 0:
        return 0
    matches = [match for match in who_fits(opening) if match.answer_until][:free]
    for match in matches:
        _make(opening, match)
    return len(matches)


def _is_taken(opening: Opening) -> bool:
    """Whether its room is held again for all that is left of it. What is let go once more is an opening of its own."""
    left = max(opening.starts_at, clock.now())
    held = Hold.objects.filter(
        active=True,
        room__isnull=False,
        room=opening.room_id,
        lane__lt=Hold.OVERFLOW_LANE,
        during__overlap=DateTimeTZRange(left, opening.ends_at),
    )
    for begins, ends in held.order_by("during").values_list("during__startswith", "during__endswith"):
        if begins > left:
            return False
        left = max(left, ends)
    return left >= opening.ends_at


def alone_at(site_id: UUID) -> None:
    """Be the only one who tends this site's list until the transaction ends."""
    lock([("waiting list", site_id)])


def _opening(opening_id: UUID) -> Opening:
    opening = (
        Opening.objects.select_for_update(of=("self",))
        .select_related("site", "room", "hold__appointment")
        .filter(pk=opening_id)
        .first()
    )
    if opening is None:
        raise NotFound
    return opening


def _make(opening: Opening, match: Match, by: User | None = None) -> Offer:
    """Write an offer and say so: by a letter with a secret link, or by a task to call who can't be written to."""
    entry, token = match.entry, secrets.token_urlsafe(32)
    until = match.answer_until or clock.now() + timedelta(hours=OFFER_HOURS)
    offer = Offer.objects.create(
        entry=entry,
        opening=opening,
        starts_at=match.starts_at,
        ends_at=match.ends_at,
        token_hash=token_hash(token),
        made_at=clock.now(),
        made_by=by,
        expires_at=until,
    )
    if preferences.held_back(entry.patient):
        _ask_to_call(offer)
    else:
        link = urljoin(settings.PUBLIC_URL, reverse("visits:offer", args=[token]))
        say(offer, "slot_offer", expires_at=until, link=link, until_at=until.isoformat())
    return offer


def say(offer: Offer, kind: str, *, expires_at: datetime, **more: str) -> None:
    entry = offer.entry
    ledger.plan(
        kind=kind,
        patient=entry.patient,
        site=entry.site,
        subject_kind=SUBJECT,
        subject_id=offer.pk,
        occurrence=kind,
        due_at=clock.now(),
        expires_at=expires_at,
        values={"at": offer.starts_at.isoformat(), **more},
    )


def _ask_to_call(offer: Offer) -> None:
    entry = offer.entry
    followups.open_task(
        kind=TASK,
        site=entry.site,
        patient=entry.patient,
        title=f"Call {entry.patient.name}: a time they wait for is free",
        subject_kind=SUBJECT,
        subject_id=offer.pk,
        owner_role=Role.FRONT_DESK,
        due_at=offer.expires_at,
        link=reverse("visits:opening", args=[offer.opening_id]),
    )


# Answering


def find(token: str) -> Offer:
    """The offer behind a patient's link. Raises NotFound."""
    found = Offer.objects.filter(token_hash=token_hash(token)).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound
    return _offer(found)


def _offer(offer_id: UUID) -> Offer:
    found = (
        Offer.objects.select_related(
            "entry__site", "entry__patient__site", "entry__appointment", "entry__kept_by", "opening"
        )
        .filter(pk=offer_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def accept(*, offer_id: UUID, by: User | None = None) -> Offer:
    """Take the time: the visit that is booked moves there, or a new one is booked. Twice has no second effect.

    `by` is whoever heard the answer on the phone; None is the patient, through the link. Raises Faster when somebody
    else has it, Refused when the offer has ended or the visit can't move any more, NotPermitted.
    """
    offer = _offer(offer_id)
    actor = by or waitlist.keeper(offer.entry)
    require(actor, Action.BOOK, at=offer.entry.site)
    try:
        with transaction.atomic():
            if offer.state == State.OPEN:
                _require_good(offer)
                visit, event = _take(offer, actor)
                return _win(offer.pk, visit, event, by)
    except (Refused, IllegalTransition) as refusal:
        return _lost(offer.pk, refusal)
    return _lost(offer.pk, Told(_("This offer has ended.")))


def _require_good(offer: Offer) -> None:
    """The rules of the treatment are looked at once more: other visits may have moved since the offer was made."""
    if clock.now() >= offer.expires_at:
        raise Told(_("The time to answer is over. The wish stays on our list."))
    entry = with_holds(WaitlistEntry.objects.select_related("site", "patient", "appointment")).get(pk=offer.entry_id)
    if entry.patient.deceased_on:
        raise Refused(f"{entry.patient.name} has died; no visit can be moved.")
    day = entry.site.local(offer.starts_at).date()
    if not Search(entry.site, day, day, [entry]).suits(entry, offer.starts_at):
        raise Told(_("This time no longer fits what is booked. The wish stays on our list."))


def _take(offer: Offer, actor: User) -> tuple[Appointment, StatusEvent | None]:
    """Book the offered time, by the verbs that everybody books by."""
    entry = offer.entry
    if entry.appointment_id is None:
        first = entry.kind in Appointment.INFUSIONS and booking.is_first_ever(entry.patient)
        return _book(offer, first, actor), None
    visit = changes.move(appointment_id=entry.appointment_id, starts_at=offer.starts_at, by=actor)
    return visit, visit.status_events.order_by("-at", "-id").first()


def _book(offer: Offer, first_ever: bool, actor: User) -> Appointment:
    entry = offer.entry
    return booking.book(
        patient=entry.patient,
        site=entry.site,
        kind=entry.kind,
        starts_at=offer.starts_at,
        first_ever=first_ever,
        by=actor,
    )


def _win(offer_id: UUID, visit: Appointment, event: StatusEvent | None, by: User | None) -> Offer:
    """Inside the locks of booking: look again, then write. A loser's booking is rolled back with its transaction."""
    offer = Offer.objects.select_for_update().get(pk=offer_id)
    entry = waitlist.locked(offer.entry_id)
    if offer.state != State.OPEN or entry.state != WaitlistEntry.State.WAITING:
        raise Told(_("This offer has ended."))
    offer.entry = entry
    waitlist.end(entry, WaitlistEntry.State.BOOKED, "Took a time that came free.", by)
    end(offer, State.ACCEPTED, by, appointment=visit, event=event)
    say(offer, "slot_yours", expires_at=visit.starts_at)
    return offer


def _lost(offer_id: UUID, refusal: DomainError) -> Offer:
    """The place is theirs already, or it is gone: then the offer is withdrawn and the wish stays."""
    offer = _offer(offer_id)
    if offer.state == State.ACCEPTED:
        return offer
    if isinstance(refusal, NoPlace):
        _withdraw(offer_id, None)
    if isinstance(refusal, SlotTaken):
        words = _("Somebody was faster: this time has just been taken. The wish stays on our list.")
        raise Faster(words) from refusal
    if offer.state == State.WITHDRAWN:
        raise Faster(_("This time has been taken meanwhile. The wish stays on our list.")) from refusal
    raise refusal


@transaction.atomic
def _withdraw(offer_id: UUID, by: User | None) -> None:
    locked = Offer.objects.select_for_update().get(pk=offer_id)
    if locked.state == State.OPEN:
        end(locked, State.WITHDRAWN, by)


@transaction.atomic
def decline(*, offer_id: UUID, by: User | None = None) -> Offer:
    """No, thank you: the wish stays, the next is asked. Raises NotPermitted, IllegalTransition when it has ended."""
    offer = _offer(offer_id)
    if by:
        require(by, Action.BOOK, at=offer.entry.site)
    locked = Offer.objects.select_for_update().get(pk=offer_id)
    if locked.state != State.OPEN:
        raise IllegalTransition("This offer", current=locked.get_state_display(), wanted="Declined", allowed=())
    end(locked, State.DECLINED, by)
    opening_id = offer.opening_id
    transaction.on_commit(lambda: hold_out(opening_id=opening_id), robust=True)
    return locked


def end(offer: Offer, state: Offer.State, by: User | None, **fields: object) -> None:
    """End a locked offer; a letter that has not gone out is taken back, a task to call is closed."""
    if state not in OFFER_TRANSITIONS[State(offer.state)]:
        raise IllegalTransition("This offer", current=offer.get_state_display(), wanted=str(state.label), allowed=())
    offer.state, offer.ended_at, offer.ended_by = state, clock.now(), by
    for name, value in fields.items():
        setattr(offer, name, value)
    offer.save(update_fields=["state", "ended_at", "ended_by", *fields])
    why = f"The offer is {offer.get_state_display().lower()}."
    ledger.void(subject_kind=SUBJECT, subject_id=offer.pk, why=why, kinds=("slot_offer",))
    followups.close_for(subject_kind=SUBJECT, subject_id=offer.pk, kind=TASK, outcome=why, by=by)


def give(*, opening_id: UUID, entry_id: UUID, by: User) -> Offer:
    """The front desk has asked on the phone and heard yes. Raises what `accept` raises.

    An offer that was made for this yes alone has no letter; where the yes can't be carried out it ends with it.
    """
    with transaction.atomic():
        found = Opening.objects.select_related("site").filter(pk=opening_id).first()
        if found is None:
            raise NotFound
        require(by, Action.BOOK, at=found.site)
        alone_at(found.site_id)
        offer, is_new = _offer_to(_opening(opening_id), entry_id, by)
    try:
        return accept(offer_id=offer.pk, by=by)
    except Exception:
        if is_new:
            _withdraw(offer.pk, by)
        raise


def _offer_to(opening: Opening, entry_id: UUID, by: User) -> tuple[Offer, bool]:
    """The offer that stands for this wish, or a new one; and whether it is new."""
    standing = Offer.objects.select_for_update().filter(entry_id=entry_id, state=State.OPEN).first()
    if standing and standing.opening_id == opening.pk:
        return standing, False
    match = next((one for one in who_fits(opening, asked_too=True) if one.entry.pk == entry_id), None)
    if match is None:
        raise Refused("This time no longer suits this wish, or it has been taken. Look at the list again.")
    if standing:
        end(standing, State.WITHDRAWN, by)
    made = _make(opening, match, by)
    ledger.void(subject_kind=SUBJECT, subject_id=made.pk, why="Asked on the phone.", kinds=("slot_offer",))
    return made, True
