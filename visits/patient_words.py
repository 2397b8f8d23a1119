"""What a patient reads of a visit: days and hours in their language, and no clinical word."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clinic.models import Site
from clinic.wording import NBSP
from visits.models import Appointment

DAY = {"en": "l, F j", "es": r"l j \d\e F"}

Kind = Appointment.Kind


def day(site: Site, moment: datetime) -> str:
    """`Friday, February 12`, `viernes 12 de febrero`."""
    return date_format(site.local(moment), DAY.get((get_language() or "en")[:2], DAY["en"]))


def on(day: date | None) -> str:
    """The same of a day without an hour; nothing of none."""
    return date_format(day, DAY.get((get_language() or "en")[:2], DAY["en"])) if day else ""


def hour(site: Site, moment: datetime) -> str:
    """`9:00 AM`, never parted."""
    return date_format(site.local(moment), f"g:i{NBSP}A")


def when(site: Site, moment: datetime) -> str:
    return _("%(day)s at %(time)s") % {"day": day(site, moment), "time": hour(site, moment)}


def name(kind: str) -> str:
    """A visit as its patient calls it, after the birth date was given."""
    return {
        Kind.EVALUATION: _("First visit with the doctor"),
        Kind.INFUSION: _("Treatment visit"),
        Kind.BOOSTER: _("Treatment visit"),
        Kind.PREPARATION: _("Conversation before treatment"),
        Kind.MIDPOINT: _("Conversation halfway"),
        Kind.INTEGRATION: _("Conversation afterwards"),
        Kind.FURTHER: _("Conversation"),
        Kind.GROUP: _("Conversation in a group"),
    }[Kind(kind)]
