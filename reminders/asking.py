"""Kinds of follow-up that follow from how things stand: who is to be asked, kept true by hooks and by the round."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.models import Site, User
from clinic.policy import Role
from patients.models import Patient
from reminders import followups
from reminders.followups import Key
from reminders.models import FollowUp


@dataclass(frozen=True)
class Ask:
    """One task that is wanted now; `kind` where its watch has several."""

    subject: tuple[str, UUID]
    title: str
    due_at: datetime
    link: str
    patient: Patient | None = None
    owner: User | None = None
    owner_role: Role | None = None
    occurrence: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Watch:
    """`asks` answers every task of the kinds that is wanted at a site, of one patient or of all; the others close.

    Kinds that follow from the same reading have one watch.
    """

    kinds: tuple[str, ...]
    because: str
    asks: Callable[[Site, Patient | None], Iterable[Ask]]

    @transaction.atomic(savepoint=False)
    def look(self, site: Site, *, patient: Patient | None = None, by: User | None = None) -> None:
        """Open what is wanted and close what is not. Twice it changes nothing, and what stands costs no query."""
        self.settle(self.asks(site, patient), site, patient=patient, by=by)

    @transaction.atomic(savepoint=False)
    def settle(
        self, asks: Iterable[Ask], site: Site, *, patient: Patient | None = None, by: User | None = None
    ) -> None:
        """The same where what is wanted is known already."""
        wanted = {(ask.kind or self.kinds[0], *ask.subject): ask for ask in asks}
        standing = self._standing(site, patient)
        # In one order for all, so that no two who look at once wait for each other.
        for about in sorted(wanted.keys() | standing.keys()):
            ask = wanted.get(about)
            if ask is None:
                followups.drop(Key(*about), because=self.because, by=by)
            elif standing.get(about) != (ask.occurrence, ask.title[:160], ask.link):
                followups.keep(
                    Key(*about, ask.occurrence), True, site=site, title=ask.title, due_at=ask.due_at,
                    link=ask.link, patient=ask.patient, owner=ask.owner, owner_role=ask.owner_role, by=by,
                )  # fmt: skip

    def _standing(self, site: Site, patient: Patient | None) -> dict[tuple[str, str, UUID], tuple[str, str, str]]:
        rows = FollowUp.objects.filter(kind__in=self.kinds, site=site, state=FollowUp.State.OPEN)
        if patient is not None:
            rows = rows.filter(patient=patient)
        words = rows.values_list("kind", "subject_kind", "subject_id", "occurrence", "title", "link")
        return {(kind, about, pk): (occasion, title, link) for kind, about, pk, occasion, title, link in words}
