"""A kind of follow-up that follows from how things stand: who is to be asked, kept true by hooks and by the round."""

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
    """One task that is wanted now."""

    subject: tuple[str, UUID]
    title: str
    due_at: datetime
    link: str
    patient: Patient | None = None
    owner: User | None = None
    owner_role: Role | None = None
    occurrence: str = ""


@dataclass(frozen=True)
class Watch:
    """`asks` answers every task of the kind that is wanted at a site, of one patient or of all; the others close."""

    kind: str
    because: str
    asks: Callable[[Site, Patient | None], Iterable[Ask]]

    @transaction.atomic
    def look(self, site: Site, *, patient: Patient | None = None, by: User | None = None) -> None:
        """Open what is wanted and close what is not. Twice it changes nothing, and what stands costs no query."""
        wanted = {ask.subject: ask for ask in self.asks(site, patient)}
        standing = self._standing(site, patient)
        for subject, ask in wanted.items():
            if standing.get(subject) == (ask.occurrence, ask.title[:160], ask.link):
                continue
            followups.keep(
                Key(self.kind, *subject, ask.occurrence), True, site=site, title=ask.title, due_at=ask.due_at,
                link=ask.link, patient=ask.patient, owner=ask.owner, owner_role=ask.owner_role, by=by,
            )  # fmt: skip
        for subject in standing.keys() - wanted.keys():
            followups.drop(Key(self.kind, *subject), because=self.because, by=by)

    def _standing(self, site: Site, patient: Patient | None) -> dict[tuple[str, UUID], tuple[str, str, str]]:
        rows = FollowUp.objects.filter(kind=self.kind, site=site, state=FollowUp.State.OPEN)
        if patient is not None:
            rows = rows.filter(patient=patient)
        words = rows.values_list("subject_kind", "subject_id", "occurrence", "title", "link")
        return {(kind, pk): (occurrence, title, link) for kind, pk, occurrence, title, link in words}
