"""Find a person by what is at hand: a part of the name, a number, a birth date; typed well or badly."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, reduce
from operator import add
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from clinic import clock
from clinic.composed import Composed
from clinic.gathering import Among, Given, Unseen
from clinic.models import Site, User
from patients import names, phones
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
    asked = _Asked(user.site_ids if site is None else user.site_ids & {site.pk}, born, limit)
    if not words:
        return asked.of(_anybody)
    digits = phones.digits(rest)
    if len(digits) >= 3 and not re.search(r"[^\W\d_]", rest):
        return _by_number(asked, digits)
    if len(words) == 1 and len(words[0]) <= SHORT:
        called = asked.of(_called, beginning=words[0])
        if len(called) == limit:
            return called
    found = _by_beginning(asked, words)
    if len(found) < limit:
        found += _by_likeness(asked, words, found)[: limit - len(found)]
    return found


Narrowed = Callable[..., QuerySet[Patient]]


@dataclass(frozen=True)
class _Asked:
    """Whom a search may find, and how many of them."""

    sites: Collection[UUID]
    born: date | None
    limit: int

    def of(self, narrowed: Narrowed, *shape: Hashable, **values: object) -> list[Patient]:
        """Those who are left when the rows are narrowed like this, with these values."""
        composed = _composed(narrowed, shape, self.limit, self.born is not None, len(self.sites) == 1)
        return composed.read(sites=self.sites, site=next(iter(self.sites), None), born=self.born, **values)


@cache
def _composed(
    narrowed: Narrowed, shape: tuple[Hashable, ...], limit: int, is_born: bool, is_one_site: bool
) -> Composed[Patient]:
    """To compose such a query takes longer than to answer it: each is composed once for so many words.

    Most people work at one site, and whoever belongs to one stands in the index in the order of names.
    """
    everyone = Patient.objects.select_related("site")
    everyone = everyone.filter(site=Given("site")) if is_one_site else everyone.filter(Among("site", "sites"))
    if is_born:
        everyone = everyone.filter(birth_date=Given("born"))
    # A word that the planner does not see leaves it nothing to plan anew.
    return Composed(narrowed(everyone, *shape)[:limit], prepared=narrowed is _alike)


def _anybody(everyone: QuerySet[Patient]) -> QuerySet[Patient]:
    return everyone.order_by("search_text", "id")


def _called(everyone: QuerySet[Patient]) -> QuerySet[Patient]:
    return everyone.filter(search_text__startswith=Given("beginning")).order_by("search_text", "id")


def _by_number(asked: _Asked, digits: str) -> list[Patient]:
    """By record number first, then by any run of digits of a phone, its end before its middle."""
    return asked.of(_numbered, digits=digits[1:] if len(digits) == 11 and digits.startswith("1") else digits)


def _numbered(everyone: QuerySet[Patient]) -> QuerySet[Patient]:
    digits = Given("digits")
    rank = Case(
        When(mrn__endswith=digits, then=Value(0)),
        When(Q(phone__endswith=digits) | Q(phone_other__endswith=digits), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return everyone.filter(search_text__contains=digits).order_by(rank, "search_text", "id")


def _by_beginning(asked: _Asked, words: list[str]) -> list[Patient]:
    """Every word begins some word of the record; who is called exactly so comes first."""
    inside = {f"inside{place}": f" {word}" for place, word in enumerate(words)}
    begins = {f"begins{place}": word for place, word in enumerate(words)}
    turned, straight = " ".join((words[-1], *words[:-1])), " ".join(words)
    values = {"turned": turned, "straight": straight, "second": rf"^\w+ {words[0]}"}
    return asked.of(_beginning, len(words), **values, **begins, **inside)


def _beginning(everyone: QuerySet[Patient], words: int) -> QuerySet[Patient]:
    """With the blank before them two letters stand in the index too, which holds runs of three signs."""
    for place in range(words):
        first, later = Given(f"begins{place}"), Given(f"inside{place}")
        everyone = everyone.filter(Q(search_text__startswith=first) | Q(search_text__contains=later))
    exactly = Q(search_text__startswith=Given("turned")) | Q(search_text__startswith=Given("straight"))
    rank = Case(
        When(exactly, then=Value(0)),
        When(search_text__regex=Given("second"), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return everyone.order_by(rank, "search_text", "id")


def _by_likeness(asked: _Asked, words: list[str], found: list[Patient]) -> list[Patient]:
    """Every word is written (settings.ALIKE) or sounds nearly like some word of the record."""
    telling = [word for word in words if len(word) >= 3]
    if not telling:
        return []
    heard = [names.sound(word) for word in telling]
    # One consonant alone (Maia, Mae, Moe) means half the clinic; beside another word it helps.
    sounds = tuple(len(sound) > 1 or len(telling) > 1 for sound in heard)
    values = {f"word{place}": word for place, word in enumerate(telling)}
    for place, sound in enumerate(heard):
        values |= {f"given{place}": f"g:{sound}", f"family{place}": f"f:{sound}"}
    return asked.of(_alike, sounds, found=[one.pk for one in found], **values)


def _alike(everyone: QuerySet[Patient], sounds: tuple[bool, ...]) -> QuerySet[Patient]:
    """As many words as there are answers to whether a word's sound counts; without those who were found already."""
    everyone = everyone.exclude(Among("pk", "found"))
    for place, does_sound_count in enumerate(sounds):
        # It would compare the word with a hundred samples to guess how many records are like it, and then, because it
        # takes a comparison for as cheap as any other, read a few thousand records rather than the index.
        alike = Q(search_text__trigram_word_similar=Unseen(f"word{place}"))
        if does_sound_count:
            alike |= Q(sounds_like__overlap=[Given(f"given{place}"), Given(f"family{place}")])
        everyone = everyone.filter(alike)
    words: Any = [Given(f"word{place}") for place in range(len(sounds))]
    score = reduce(add, (TrigramWordSimilarity(word, "search_text") for word in words))
    return everyone.alias(score=score).order_by(F("score").desc(), "search_text", "id")


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
