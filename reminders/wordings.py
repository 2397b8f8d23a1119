"""Which words a message is sent in: the site's own where it has some, else the house's; each in a version that stays.

The clinic admin changes them by `write`, which is a new version; `restore` makes an older one the newest again. What is
planned already keeps the version it was planned in, unless the admin chooses otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from string import Template as Words

from clinic.models import Site
from reminders import house_words, links_in_words, moments, text_rules
from reminders.message_kinds import ITEMS_LIMIT, KINDS, MERGED
from reminders.models import Message, SenderName, Wording
from reminders.templates import Letter, Template, in_text, unseal

NAMELESS = {"en": "Your clinic", "es": "Su clínica"}
"""Who sends, where a site's own name would tell what it treats and it has chosen no other."""
MORE = {"en": "more", "es": "y más"}


def language_of(preferred: str) -> str:
    """The language a message is written in: the patient's, where there are words in it."""
    return preferred if preferred in NAMELESS else "en"


def sender(site: Site, language: str = "en") -> str:
    """How the site calls itself in messages."""
    chosen = SenderName.objects.filter(site=site).first()
    if chosen:
        return chosen.name
    return NAMELESS[language] if text_rules.forbidden(site.name) else site.name


def in_force(kinds: Collection[str], language: str, *, site: Site) -> dict[str, Template]:
    """The newest words of each kind, in one query. Raises KeyError for a kind nobody knows."""
    own = Wording.objects.filter(site=site, kind__in=kinds, language=language).order_by("version")
    return {kind: house_words.NEWEST[kind, language] for kind in kinds} | {row.kind: template(row) for row in own}


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


OWN = "own "


def template(row: Wording) -> Template:
    return Template(row.kind, row.key, row.language, row.subject, row.body, row.text)


def fill(kind: str, language: str, version: str, values: Mapping[str, str], *, site: Site) -> Letter:
    """A letter and its text message in words that were planned. Raises KeyError where a value is missing."""
    words = find(kind, language, version, site=site)
    return words.fill(moments.spoken(values, site, words.language) | {"site": sender(site, words.language)})


def letter(message: Message, *, took_along: Sequence[Message] = ()) -> Letter:
    """What is sent now: in the version it was planned in, in the language the patient has now, with its address.

    A text message that takes others along says all of them in a few words.
    """
    language, site = language_of(message.patient.language), message.site
    planned = message.language == language
    words = (
        find(message.kind, language, message.template_version, site=site)
        if planned
        else newest(message.kind, language, site=site)
    )
    values = _values(message, language, linked="link" in words.used or bool(took_along))
    made = words.fill(values)
    return replace(made, text=_together(message, took_along, values, language)) if took_along else made


def _values(message: Message, language: str, *, linked: bool) -> dict[str, str]:
    """The values as they are said now. The address is made here, and nowhere kept in clear."""
    site = message.site
    values = moments.spoken(unseal(message.values), site, language) | {"site": sender(site, language)}
    if linked and "link" not in values:
        values["link"] = links_in_words.address(message)
    return values


def _together(message: Message, took_along: Sequence[Message], values: Mapping[str, str], language: str) -> str:
    several = newest(MERGED, language, site=message.site)
    ordered = sorted((message, *took_along), key=lambda one: ("at" not in one.values, one.due_at))
    items = [_brief(one, language) for one in ordered]
    return several.as_text({**values, "items": listed(items, language)})


def _brief(message: Message, language: str) -> str:
    said = moments.spoken(unseal(message.values), message.site, language)
    return Words(KINDS[message.kind].brief[language]).substitute(in_text(said))


def listed(items: Sequence[str], language: str) -> str:
    """As many of the items as there is room for, each once; that there are more is said."""
    known = list(dict.fromkeys(text_rules.nearest(item) for item in items))
    said = known[0]
    for place, item in enumerate(known[1:], start=1):
        last = place == len(known) - 1
        room = ITEMS_LIMIT if last else ITEMS_LIMIT - len(f", {MORE[language]}")
        if len(said) + len(item) + 2 > room:
            return f"{said}, {MORE[language]}"
        said = f"{said}, {item}"
    return said
