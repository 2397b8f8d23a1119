"""Words as they would be sent, without sending them: to a real patient, or to somebody made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from urllib.parse import urljoin

from django.conf import settings

from clinic import clock
from clinic.models import Site
from patients import phones
from patients.models import Patient
from reminders import moments, wordings
from reminders.message_kinds import MessageKind
from reminders.models import Message
from reminders.templates import Letter, Template, unseal

MAYA = "Maya"
MORNING = time(9)
ITEMS = {"en": "visit Tue Feb 9 9:00 AM, how are you", "es": "visita mar 9 feb 9:00 AM, cómo está"}


@dataclass(frozen=True)
class Draft:
    """Words that somebody is writing, in a kind and a language."""

    kind: MessageKind
    language: str
    subject: str
    body: str
    text: str

    @property
    def template(self) -> Template:
        return Template(self.kind.key, "draft", self.language, self.subject, self.body, self.text)


def show(draft: Draft, site: Site, patient: Patient | None = None) -> Letter:
    """The letter and the text message. The address in it leads nowhere: a secret one is made only when it is sent."""
    values = _made_up(draft, site)
    if patient:
        values |= {"first_name": patient.preferred_name or patient.given_name} | _of_theirs(draft, patient)
    return draft.template.fill(values)


def _made_up(draft: Draft, site: Site) -> dict[str, str]:
    at = site.moment(site.local(clock.now()).date() + timedelta(days=3), MORNING).isoformat()
    values = moments.spoken({"at": at, "until_at": at, "dates_at": at}, site, draft.language)
    return values | {
        "first_name": MAYA,
        "site": wordings.sender(site, draft.language),
        "phone": phones.shown(site.phone),
        "link": urljoin(settings.PUBLIC_URL, "/p/example/"),
        "items": ITEMS[draft.language],
    }


def _of_theirs(draft: Draft, patient: Patient) -> dict[str, str]:
    """The days and hours of the newest message of this kind that the patient has, or is to have."""
    newest = Message.objects.filter(patient=patient, kind=draft.kind.key).select_related("site").last()
    if newest is None:
        return {}
    said = moments.spoken(unseal(newest.values), newest.site, draft.language)
    return {name: value for name, value in said.items() if name not in {"link", "site"}}
