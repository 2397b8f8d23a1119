"""The clinic's own words: what may be written, and writing it. Rows are never changed; a change is the next version.

What is refused, and why (protocol 7.3, S-Telehealth, S-TCPA1): a place nobody can fill, a word that tells what the
clinic treats, a text message that could grow longer than one, or one that names no sender or no way out.
"""

from __future__ import annotations

import re
from string import Template as Words
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from clinic import clock
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import Site, User
from clinic.policy import Action, require
from clinic.wording import listed
from reminders import house_words, text_rules, wordings
from reminders.message_kinds import KINDS, PLACEHOLDERS, MessageKind
from reminders.models import Message, SenderName, Wording
from reminders.models.wordings import LANGUAGES
from reminders.rules import SENDER_LIMIT
from reminders.templates import Template

TOKEN_LENGTH = 43  # patients.links: 256 bits
WAY_OUT = "STOP"
HOUSE = "house"
SUBJECT_LIMIT, BODY_LIMIT = 120, 3000


def kind_of(kind: str, language: str) -> MessageKind:
    """Raises NotFound for a kind or a language that has no words."""
    if kind not in KINDS or language not in dict(LANGUAGES):
        raise NotFound
    return KINDS[kind]


def longest(kind: MessageKind) -> dict[str, str]:
    """The longest value that each place may have to hold in a text message."""
    address = urljoin(settings.PUBLIC_URL, reverse(kind.opens, args=["x" * TOKEN_LENGTH]))
    values = {name: PLACEHOLDERS[name].longest for name in kind.in_text}
    return values | ({"link": address} if "link" in values else {})


def longest_text(kind: MessageKind, text: str) -> str:
    """The text message as long as it can become."""
    return text_rules.nearest(Words(text).safe_substitute(longest(kind)))


def problems(kind: MessageKind, *, subject: str, body: str, text: str) -> dict[str, str]:
    """Everything that keeps these words from being sent: field and sentence."""
    letter = {} if kind.only_text else _letter_problems(kind, subject, body)
    return letter | _field(text=_in_text(kind, text))


def _letter_problems(kind: MessageKind, subject: str, body: str) -> dict[str, str]:
    names = kind.placeholders
    of_subject = _empty(subject) or _places(subject, names) or _telling(subject)
    if len(subject.splitlines()) > 1:
        of_subject = "Write the subject in one line."
    elif len(subject) > SUBJECT_LIMIT:
        of_subject = f"This has {len(subject)} characters; {SUBJECT_LIMIT} fit in a subject."
    of_body = _empty(body) or _places(body, names) or _left_out(body, kind.must) or _telling(body)
    if len(body) > BODY_LIMIT:
        of_body = f"This has {len(body)} characters; write at most {BODY_LIMIT}."
    return _field(subject=of_subject, body=of_body)


def _in_text(kind: MessageKind, text: str) -> str:
    must = (kind.must & kind.in_text) | {"site"}
    return (
        _empty(text)
        or _places(text, kind.in_text)
        or _left_out(text, must)
        or _telling(text)
        or _way_out(text)
        or _alphabet(text)
        or _length(kind, text)
    )


def _field(**sentences: str) -> dict[str, str]:
    return {name: sentence for name, sentence in sentences.items() if sentence}


def _empty(words: str) -> str:
    return "" if words.strip() else "Write what is to be said."


def _places(words: str, known: frozenset[str]) -> str:
    """Whether each `$name` can be filled."""
    can = f"This can be filled in: {', '.join(f'${name}' for name in sorted(known))}."
    template = Words(words)
    if not template.is_valid():
        return f"A $ has to stand before the name of something that is filled in. {can}"
    stray = [name for name in template.get_identifiers() if name not in known]
    return f"Nothing can be filled in for ${stray[0]}. {can}" if stray else ""


def _left_out(words: str, must: frozenset[str]) -> str:
    missing = sorted(must - set(Words(words).get_identifiers()))
    return f"This has to say {listed([f'${name}' for name in missing])}." if missing else ""


def _telling(words: str) -> str:
    found = text_rules.forbidden(re.sub(r"\$\w+", "", words))
    if not found:
        return ""
    return (
        f"“{found[0]}” tells whoever holds the phone what the clinic treats. Say it without: no drug, no diagnosis, no "
        "kind of visit, no profession."
    )


def _way_out(text: str) -> str:
    return "" if WAY_OUT in text else f"Every text message says how to have no more: write {WAY_OUT} in capitals."


def _alphabet(text: str) -> str:
    strange = text_rules.strangers(text)
    if not strange:
        return ""
    return f"“{strange[0]}” is no letter of a plain text message; with it only {text_rules.UCS2_LIMIT} characters fit."


def _length(kind: MessageKind, text: str) -> str:
    cost = text_rules.length(longest_text(kind, text))
    if cost.fits:
        return ""
    over = cost.used - cost.limit
    return (
        f"With the longest name, date and address this has {cost.used} characters; {cost.limit} fit in one text. "
        f"Shorten it by {over}."
    )


@transaction.atomic
def write(
    *,
    site: Site,
    kind: str,
    language: str,
    subject: str,
    body: str,
    text: str,
    by: User,
    note: str = "",
    based_on: str | None = None,
    planned_too: bool = False,
) -> Wording:
    """Make the next version of a site's own words. With `planned_too` what waits to be sent is said in them as well.

    `based_on` is the version the writer saw. Raises NotPermitted, NotFound, Refused when somebody was faster, Invalid
    with a sentence for each field.
    """
    known = kind_of(kind, language)
    require(by, Action.MANAGE_CLINIC, at=site)
    Site.objects.select_for_update(no_key=True).get(pk=site.pk)
    standing = wordings.newest(kind, language, site=site)
    if based_on is not None and based_on != standing.version:
        raise Refused("Somebody changed these words meanwhile. Look at the newest version, then change that one.")
    if known.only_text:
        subject, body = known.label, text
    subject, body, text = subject.strip(), body.replace("\r\n", "\n").strip(), text_rules.one_line(text)
    if wrong := problems(known, subject=subject, body=body, text=text):
        raise Invalid(wrong)
    if (subject, body, text) == (standing.subject, standing.body, standing.text):
        raise Invalid("These are the words that are in use. Change something, or leave them.")
    number = Wording.objects.filter(site=site, kind=kind, language=language).count() + 1
    made = Wording.objects.create(
        site=site, kind=kind, language=language, version=number, subject=subject, body=body, text=text,
        note=note.strip()[:200], made_at=clock.now(), made_by=by,
    )  # fmt: skip
    if planned_too:
        waiting(site, kind, language).update(template_version=made.key)
    return made


def waiting(site: Site, kind: str, language: str) -> QuerySet[Message]:
    """What is planned in this language and has not gone out."""
    return Message.objects.filter(site=site, kind=kind, language=language, state=Message.State.PLANNED)


def restore(*, site: Site, kind: str, language: str, version: str, by: User) -> Wording:
    """Make older words the newest again: `version` is a number, or HOUSE for those of the house. Raises as `write`."""
    kind_of(kind, language)
    words = _older(site, kind, language, version)
    note = "The words of the house" if version == HOUSE else f"As in version {version}"
    return write(
        site=site, kind=kind, language=language, subject=words.subject, body=words.body, text=words.text, by=by,
        note=note,
    )  # fmt: skip


def _older(site: Site, kind: str, language: str, version: str) -> Template:
    if version == HOUSE:
        return house_words.NEWEST[kind, language]
    rows = Wording.objects.filter(site=site, kind=kind, language=language)
    row = rows.filter(version=int(version)).first() if version.isdecimal() else None
    if row is None:
        raise NotFound
    return wordings.template(row)


@transaction.atomic
def call_it(*, site: Site, name: str, by: User) -> SenderName:
    """Choose how the site calls itself in messages. Raises NotPermitted, Invalid."""
    require(by, Action.MANAGE_CLINIC, at=site)
    name = text_rules.one_line(name)
    if wrong := _name_problem(name):
        raise Invalid({"name": wrong})
    return SenderName.objects.create(site=site, name=name, made_at=clock.now(), made_by=by)


def _name_problem(name: str) -> str:
    if not name:
        return "Write how patients know the clinic."
    if len(text_rules.nearest(name)) > SENDER_LIMIT:
        return f"This has {len(name)} characters; {SENDER_LIMIT} fit in a text message."
    if found := text_rules.forbidden(name):
        return f"“{found[0]}” tells what the clinic treats. Choose a name without it."
    return _alphabet(name)
