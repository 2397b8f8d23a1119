"""A first call or form: receive it, call back, and turn it into a patient, or close it with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zlib import crc32

from django.db import connection, transaction

from clinic import clock
from clinic.errors import IllegalTransition, Invalid, NotFound, NotPermitted
from clinic.gathering import Given
from clinic.models import Site, User
from clinic.policy import Action, require
from patients import names, registration
from patients.access import scoped
from patients.models import Inquiry, Patient

State = Inquiry.State
TRANSITIONS: dict[str, frozenset[str]] = {
    State.NEW: frozenset({State.CONTACTED, State.REGISTERED, State.CLOSED}),
    State.CONTACTED: frozenset({State.REGISTERED, State.CLOSED}),
    State.CLOSED: frozenset({State.CONTACTED}),
    State.REGISTERED: frozenset(),
}
OPEN = (State.NEW, State.CONTACTED)
# A form sent twice within this time, word for word, is one inquiry: a double press, or the browser's back button.
SAME_WITHIN = timedelta(minutes=30)

after_answer: list[Callable[[Inquiry, User], None]] = []
"""Rooms further right are told in the same transaction when an inquiry is new no more."""


@transaction.atomic
def receive(
    *,
    site: Site,
    source: str,
    given_name: str,
    family_name: str,
    birth_date: date | None = None,
    phone: str = "",
    email: str = "",
    message: str = "",
    by: User | None = None,
) -> Inquiry:
    """Keep a new inquiry. A web form has no author; a call is written by whoever took it.

    Raises Invalid, and NotPermitted for a call taken by someone without the right.
    """
    if by is not None:
        require(by, Action.HANDLE_INQUIRIES, at=site)
    elif source != Inquiry.Source.WEB:
        raise NotPermitted("A call is written down by the person who took it.")
    values = check(
        site=site,
        message=message,
        given_name=given_name,
        family_name=family_name,
        birth_date=birth_date,
        phone=phone,
        email=email,
    )
    if by is None:
        with connection.cursor() as cursor:
            key = crc32(f"inquiry {values['phone']} {values['email']}".encode())
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
        recent = clock.now() - SAME_WITHIN
        before = Inquiry.objects.filter(site=site, source=source, received_at__gte=recent, **values).first()
        if before:
            return before
    return Inquiry.objects.create(site=site, source=source, taken_by=by, **values)


def check(*, site: Site, message: str, **typed: Any) -> dict[str, Any]:
    """The values of a new inquiry as they would be kept. Raises Invalid with a sentence for each that can't be."""
    wrong: dict[str, str] = {}
    born = typed.pop("birth_date")
    values: dict[str, Any] = {"birth_date": born, "phone": "", "email": ""}
    try:
        values |= registration.checked(typed | ({"birth_date": born} if born else {}), today=site.today())
    except Invalid as error:
        wrong |= error.fields
    else:
        if not values["phone"] and not values["email"]:
            wrong["phone"] = "Give a phone number or an email address, so that we can answer."
    # Line breaks of a message stay; other control characters could not be stored.
    values["message"] = "\n".join(names.clean(line) for line in message.splitlines()).strip()
    try:
        registration.fitting(Inquiry, "message", values["message"])
    except ValueError as error:
        wrong["message"] = str(error)
    if wrong:
        raise Invalid(wrong)
    return values


def _locked(inquiry_id: UUID, by: User) -> Inquiry:
    inquiry = (
        Inquiry.objects.select_for_update(of=("self",))
        .select_related("site")
        .filter(pk=inquiry_id, site__in=by.site_ids)
        .first()
    )
    if inquiry is None:
        raise NotFound
    require(by, Action.HANDLE_INQUIRIES, at=inquiry.site)
    return inquiry


def _move(inquiry: Inquiry, wanted: Inquiry.State, by: User) -> None:
    """Go to a state that can follow. The row's history keeps who and when."""
    current = State(inquiry.state)
    if wanted not in TRANSITIONS[current]:
        raise IllegalTransition(
            "This inquiry",
            current=current.label,
            wanted=wanted.label,
            allowed=[state.label for state in State if state in TRANSITIONS[current]],
        )
    inquiry.state, inquiry.taken_by = wanted, by
    for tell in after_answer:
        tell(inquiry, by)


@transaction.atomic
def contacted(*, inquiry_id: UUID, by: User) -> Inquiry:
    """Somebody has spoken with the person. Raises NotFound, NotPermitted, IllegalTransition."""
    inquiry = _locked(inquiry_id, by)
    _move(inquiry, State.CONTACTED, by)
    inquiry.closed_reason = ""
    inquiry.save()
    return inquiry


@transaction.atomic
def close(*, inquiry_id: UUID, reason: str, by: User) -> Inquiry:
    """Nothing more will come of it, and why. Raises NotFound, NotPermitted, IllegalTransition, Invalid."""
    inquiry = _locked(inquiry_id, by)
    _move(inquiry, State.CLOSED, by)
    inquiry.closed_reason = names.clean(reason)
    if not inquiry.closed_reason:
        raise Invalid({"reason": "Write in a few words why nothing more comes of it."})
    try:
        registration.fitting(Inquiry, "closed_reason", inquiry.closed_reason)
    except ValueError as error:
        raise Invalid({"reason": str(error)}) from None
    inquiry.save()
    return inquiry


@transaction.atomic
def register_patient(*, inquiry_id: UUID, by: User, confirmed_new: bool = False, **fields: Any) -> Patient:
    """Make a patient of the inquiry; what `fields` don't say is taken from it.

    Raises NotFound, NotPermitted, IllegalTransition, Invalid, registration.LikelyDuplicate.
    """
    inquiry = _locked(inquiry_id, by)
    _move(inquiry, State.REGISTERED, by)
    known = {name: getattr(inquiry, name) for name in ("given_name", "family_name", "birth_date", "phone", "email")}
    patient = registration.register(site=inquiry.site, by=by, confirmed_new=confirmed_new, **(known | fields))
    inquiry.patient = patient
    inquiry.save()
    return patient


@transaction.atomic
def link(*, inquiry_id: UUID, patient_id: UUID, by: User) -> Patient:
    """The inquiry came from a person who has a record. Raises NotFound, NotPermitted, IllegalTransition."""
    inquiry = _locked(inquiry_id, by)
    _move(inquiry, State.REGISTERED, by)
    patient = scoped(by).filter(pk=patient_id).first()
    if patient is None:
        raise NotFound
    inquiry.patient = patient
    inquiry.save()
    return patient


# What nobody at a site has answered yet, for the navigation (clinic.frame).
WAITING = Inquiry.objects.filter(site=Given("site"), state=State.NEW)
