"""Which words a message is sent in: the site's own where it has some, else the house's; each in a version that stays.

The clinic admin changes them by `write`, which is a new version; `restore` makes an older one the newest again. What is
planned already keeps the version it was planned in, unless the admin chooses otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from string import Template as Words
from uuid import UUID

from clinic.models import Site
from reminders import house_words, links_in_words, moments, text_rules
from reminders.message_kinds import ITEMS_LIMIT, KINDS, MERGED
from reminders.models import Message, SenderName, Wording
from reminders.models.wordings import OWN
from reminders.rules import TEXT_LIMIT
from reminders.templates import Letter, Template, in_text, unseal

NAMELESS = {"en": "Your clinic", "es": "Su clínica"}
"""Who sends, where a site's own name would tell what it treats and it has chosen no other."""
MORE = {"en": "and more", "es": "y más"}


def language_of(preferred: str) -> str:
    """The language a message is written in: the patient's, where there are words in it."""
    return preferred if preferred in NAMELESS else "en"


def sender(site: Site, language: str = "en") -> str:
    """How the site calls itself in messages."""
    return senders([site])[site.pk, language]


def senders(sites: Collection[Site]) -> dict[tuple[UUID, str], str]:
    """The same of several sites, in each language."""
    chosen = {row.site_id: row.name for row in SenderName.objects.filter(site__in=sites).order_by("made_at", "id")}
    return {
        (site.pk, language): chosen.get(site.pk) or (nameless if text_rules.forbidden(site.name) else site.name)
        for site in sites
        for language, nameless in NAMELESS.items()
    }


def in_force(kinds: Collection[str], language: str, *, site: Site) -> dict[str, Template]:
    """The newest words of each kind, in one query. Raises KeyError for a kind nobody knows."""
    own = Wording.objects.filter(site=site, kind__in=kinds, language=language).order_by("version")
    return of_house(kinds, language) | {row.kind: template(row) for row in own}


def of_house(kinds: Collection[str], language: str) -> dict[str, Template]:
    """The words of a site that has none of its own. Raises KeyError."""
    return {kind: house_words.NEWEST[kind, language] for kind in kinds}


def newest(kind: str, language: str, *, site: Site) -> Template:
    """The words in force for one kind. Raises KeyError."""
    return in_force([kind], language, site=site)[kind]


def find(kind: str, language: str, version: str, *, site: Site) -> Template:
    """The very words that were planned. Raises KeyError."""
    number = version.removeprefix(OWN)
    if number == version:
        return house_words.BY_KEY.get((kind, language, version)) or house_words.BY_KEY[kind, "en", version]
    row = Wording.objects.filter(site=site, kind=kind, language=language, version=number).first()
    if row is None:
        raise KeyError((kind, language, version))
    return template(row)


def template(row: Wording) -> Template:
    return Template(row.kind, row.key, row.language, row.subject, row.body, row.text)


@dataclass(frozen=True)
class Book:
    """What many messages are written with: the words of each, who sends, and the address each carries."""

    words: dict[UUID, Template]
    senders: dict[tuple[UUID, str], str]
    addresses: dict[UUID, str]


def book_of(messages: Sequence[Message]) -> Book:
    """All that is needed to write these messages, which nobody else holds, in five statements at most.

    Raises KeyError for words that nobody knows.
    """
    own = own_of(messages)
    words = {message.pk: _words_of(message, own) for message in messages}
    linked = [one for one in messages if "link" in words[one.pk].used and "link" not in one.values]
    sites = {message.site_id: message.site for message in messages}.values()
    return Book(words, senders(sites), links_in_words.addresses(linked) if linked else {})


Own = Mapping[tuple[UUID, str, str, str], Template]
"""Words by site, kind, language and version."""


def own_of(messages: Sequence[Message]) -> Own:
    """The sites' own words in which any of the messages was planned."""
    if not any(message.template_version.startswith(OWN) for message in messages):
        return {}
    rows = Wording.objects.filter(site__in={one.site_id for one in messages}, kind__in={one.kind for one in messages})
    return {(row.site_id, row.kind, row.language, row.key): template(row) for row in rows}


def _words_of(message: Message, own: Own) -> Template:
    """In the version it was planned in; in the newest one, where the patient's language is another by now."""
    language = language_of(message.patient.language)
    if message.language != language:
        return newest(message.kind, language, site=message.site)
    return planned(message, own)


def planned(message: Message, own: Own) -> Template:
    """The words it was planned in. Raises KeyError."""
    key = (message.site_id, message.kind, message.language, message.template_version)
    return own.get(key) or find(message.kind, message.language, message.template_version, site=message.site)


def letter(message: Message, *, took_along: Sequence[Message] = (), book: Book | None = None) -> Letter:
    """What is sent now: in the version it was planned in, in the language the patient has now, with its address.

    A text message that takes others along says all of them in a few words.
    """
    known = book or book_of([message])
    words, language = known.words[message.pk], language_of(message.patient.language)
    values = moments.spoken(unseal(message.values), message.site, language)
    values |= {"site": known.senders[message.site_id, language]}
    if "link" not in values and ("link" in words.used or took_along):
        # The address is made at the moment of sending, and nowhere kept in clear.
        values["link"] = known.addresses.get(message.pk) or links_in_words.address(message)
    made = words.fill(values)
    return replace(made, text=_together(message, took_along, values, language)) if took_along else made


def _together(message: Message, took_along: Sequence[Message], values: Mapping[str, str], language: str) -> str:
    several = newest(MERGED, language, site=message.site)
    ordered = sorted((message, *took_along), key=lambda one: ("at" not in one.values, one.due_at))
    items = [_brief(one, language) for one in ordered]
    return several.as_text({**values, "items": listed(items, language, _room(several, values))})


def _room(several: Template, values: Mapping[str, str]) -> int:
    """What these words leave for the items: as a rule more than the least that every site's words must leave."""
    places = several.text.count("$items") + several.text.count("${items}")
    spare = TEXT_LIMIT - text_rules.length(several.as_text({**values, "items": ""})).used
    return max(ITEMS_LIMIT, spare // max(places, 1))


def _brief(message: Message, language: str) -> str:
    said = moments.spoken(unseal(message.values), message.site, language)
    return Words(KINDS[message.kind].brief[language]).substitute(in_text(said))


def listed(items: Sequence[str], language: str, limit: int = ITEMS_LIMIT) -> str:
    """As many of the items as there is room for, each once; that there are more is said."""
    known = list(dict.fromkeys(text_rules.nearest(item) for item in items))
    if len(", ".join(known)) <= limit:
        return ", ".join(known)
    said, more = known[0], f", {MORE[language]}"
    for item in known[1:]:
        if len(f"{said}, {item}{more}") <= limit:
            said = f"{said}, {item}"
    return said + more
