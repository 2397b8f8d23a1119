"""Find a person by what is at hand: a part of the name, a number, a birth date; typed well or badly."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import add

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from clinic import clock
from clinic.models import Site, User
from patients import names, phones
from patients.access import scoped
from patients.models import Patient

DATE_FORMATS = (
    "%m/%d/%Y",
    "%m/%d/%y",
    "%d/%m/%Y",
    "%Y/%m/%d",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d %Y",
    "%B %d %Y",
    "%d %b %y",
)
_NUMERIC_DATE = re.compile(r"\b(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}[/.-]\d{1,2}[/.-]\d{1,2})\b")
_WORDED_DATE = re.compile(r"\b(?:\d{1,2}\.? [a-z]{3,9}\.?,? \d{4}|[a-z]{3,9}\.? \d{1,2},? \d{4})\b", re.IGNORECASE)
MAX_WORDS = 6
# Two or three letters begin some word of thousands of records. Whose family name they begin comes first anyway, and
# stands in the index by name: a full answer of those is the answer.
SHORT = 3


def read_date(text: str) -> date | None:
    """A birth date in the ways people write it; a two-digit year is the latest that has passed."""
    plain = re.sub(r"[.,]", " ", text) if re.search("[a-z]", text, re.IGNORECASE) else re.sub(r"[.-]", "/", text)
    for form in DATE_FORMATS:
        try:
            read = datetime.strptime(" ".join(plain.split()), form).date()  # noqa: DTZ007 - a birthday has no zone
        except ValueError:
            continue
        if "%y" in form and read > clock.now().date():
            read = read.replace(year=read.year - 100)
        return read
    return None


def _taken_apart(text: str) -> tuple[str, date | None]:
    """The date in the text, and the rest."""
    for pattern in (_NUMERIC_DATE, _WORDED_DATE):
        found = pattern.search(text)
        if found and (read := read_date(found.group())):
            return text[: found.start()] + " " + text[found.end() :], read
    return text, None


def find(*, user: User, text: str, limit: int = 20, site: Site | None = None) -> list[Patient]:
    """The patients of the user's sites whom the text may mean, the surest first; none for an empty text."""
    rest, born = _taken_apart(names.clean(text))
    words = names.fold(rest).split()[:MAX_WORDS]
    if not words and born is None:
        return []
    everyone = scoped(user) if site is None else scoped(user).filter(site=site)
    if born:
        everyone = everyone.filter(birth_date=born)
    if not words:
        return list(everyone.order_by("search_text", "id")[:limit])
    digits = phones.digits(rest)
    if len(digits) >= 3 and not re.search(r"[^\W\d_]", rest):
        return list(_by_number(everyone, digits)[:limit])
    if len(words) == 1 and len(words[0]) <= SHORT:
        called = list(everyone.filter(search_text__startswith=words[0]).order_by("search_text", "id")[:limit])
        if len(called) == limit:
            return called
    found = list(_by_beginning(everyone, words)[:limit])
    if len(found) < limit:
        found += _by_likeness(everyone.exclude(pk__in=[one.pk for one in found]), words, limit - len(found))
    return found


def _by_number(everyone: QuerySet[Patient], digits: str) -> QuerySet[Patient]:
    """By record number first, then by any run of digits of a phone, its end before its middle."""
    digits = digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
    rank = Case(
        When(mrn__endswith=digits, then=Value(0)),
        When(Q(phone__endswith=digits) | Q(phone_other__endswith=digits), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return everyone.filter(search_text__contains=digits).order_by(rank, "search_text", "id")


def _by_beginning(everyone: QuerySet[Patient], words: list[str]) -> QuerySet[Patient]:
    """Every word begins some word of the record; who is called exactly so comes first."""
    for word in words:
        everyone = everyone.filter(search_text__regex=rf"\m{word}")
    turned = " ".join((words[-1], *words[:-1]))
    rank = Case(
        When(Q(search_text__startswith=turned) | Q(search_text__startswith=" ".join(words)), then=Value(0)),
        When(search_text__regex=rf"^\w+ {words[0]}", then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return everyone.order_by(rank, "search_text", "id")


def _by_likeness(everyone: QuerySet[Patient], words: list[str], limit: int) -> list[Patient]:
    """Every word is written (settings.ALIKE) or sounds nearly like some word of the record."""
    telling = [word for word in words if len(word) >= 3]
    if not telling:
        return []
    for word in telling:
        heard = names.sound(word)
        # One consonant alone (Maia, Mae, Moe) means half the clinic; beside another word it helps.
        telling_sound = len(heard) > 1 or len(telling) > 1
        sounds = Q(sounds_like__overlap=[f"g:{heard}", f"f:{heard}"]) if telling_sound else Q()
        everyone = everyone.filter(Q(search_text__trigram_word_similar=word) | sounds)
    score = reduce(add, (TrigramWordSimilarity(word, "search_text") for word in telling))
    return list(everyone.alias(score=score).order_by(F("score").desc(), "search_text", "id")[:limit])


@dataclass(frozen=True)
class Likely:
    """A patient who may be the person at hand, and what agrees: "name sounds alike, same birth date"."""

    patient: Patient
    why: str
    points: int


def duplicates(
    *, site: Site, given_name: str, family_name: str, birth_date: date | None, phone: str, user: User | None = None
) -> list[Patient]:
    """Who may be this person already, the likeliest first. See `likely`."""
    found = likely(
        site=site, given_name=given_name, family_name=family_name, birth_date=birth_date, phone=phone, user=user
    )
    return [one.patient for one in found]


def likely(
    *,
    site: Site,
    given_name: str,
    family_name: str,
    birth_date: date | None,
    phone: str,
    user: User | None = None,
    limit: int = 5,
) -> list[Likely]:
    """Who may be this person already, the likeliest first, with the reasons.

    Looks at `site` and at the sites of `user`, nowhere else. A birth date alone says nothing: it counts with a name
    that sounds alike or the same phone. A name alone counts only when it is the same, letter for letter.
    """
    codes = names.sounds_like((given_name,), (family_name,))
    whole = names.sort_key(given_name, family_name)
    near = Q(search_text__startswith=whole)
    if birth_date:
        near |= Q(birth_date=birth_date)
    if phone:
        near |= Q(search_text__contains=phones.digits(phone))
    places = {site.pk, *(user.site_ids if user else ())}
    found = [
        Likely(patient, why, points)
        for patient in Patient.objects.filter(near, site__in=places).select_related("site")[:500]
        for points, why in [_likeness(patient, codes, whole, birth_date, phone)]
        if points
    ]
    return sorted(found, key=lambda one: (-one.points, one.patient.search_text))[:limit]


def _likeness(
    patient: Patient, codes: Iterable[str], whole: str, birth_date: date | None, phone: str
) -> tuple[int, str]:
    """Points and the reason in words; no points when too little agrees."""
    same_name = names.sort_key(patient.given_name, patient.family_name) == whole
    alike = same_name or names.sound_alike(codes, patient.sounds_like)
    born = birth_date is not None and patient.birth_date == birth_date
    called = phone != "" and phone in {patient.phone, patient.phone_other}
    if not (same_name or (alike and (born or called)) or (born and called)):
        return 0, ""
    reasons = [
        ("same name" if same_name else "name sounds alike") if alike else "",
        "same birth date" if born else "",
        "same phone" if called else "",
    ]
    points = 4 * born + 3 * called + (3 if same_name else 2 * alike)
    return points, ", ".join(reason for reason in reasons if reason)
