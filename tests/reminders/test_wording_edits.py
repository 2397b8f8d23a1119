"""The clinic's own words: what is refused and why, versions, and what was planned in older ones."""

from uuid import uuid4

import pytest

from clinic import clock
from clinic.errors import Invalid, NotFound, NotPermitted, Refused
from clinic.policy import Role
from reminders import house_words, ledger, text_rules, wording_edits, wordings
from reminders.message_kinds import KINDS
from reminders.models import Message, Wording
from reminders.wording_edits import HOUSE, longest_text, problems
from tests import build

GOOD = {
    "subject": "See you on $day",
    "body": "Dear $first_name,\n\nsee you on $day at $time.",
    "text": "$site: see you $day $time. $link STOP ends this",
}
REMINDER = KINDS["appointment_24h"]


@pytest.fixture
def admin(site):
    return build.user(Role.CLINIC_ADMIN, at=site)


@pytest.fixture
def write(site, admin):
    def _write(**changes):
        given = {"site": site, "kind": "appointment_24h", "language": "en", "by": admin}
        return wording_edits.write(**(given | GOOD | changes))

    return _write


@pytest.fixture
def planned(patient, site):
    return ledger.plan(
        kind="appointment_24h",
        patient=patient,
        site=site,
        subject_kind="appointment",
        subject_id=uuid4(),
        occurrence="1",
        due_at=clock.now(),
        expires_at=build.moment(site, "2027-02-02"),
        values={"at": build.moment(site, "2027-02-02").isoformat()},
    )


# What may be written


@pytest.mark.parametrize("words", house_words.ALL, ids=lambda one: f"{one.kind}-{one.language}-{one.version}")
def test_the_words_of_the_house_keep_the_rules_of_the_house(words):
    kind = KINDS[words.kind]
    assert problems(kind, subject=words.subject, body=words.body, text=words.text) == {}
    assert text_rules.length(longest_text(kind, words.text)).used <= 160


def test_every_kind_has_words_in_both_languages():
    assert set(house_words.NEWEST) == {(kind, language) for kind in KINDS for language in ("en", "es")}


@pytest.mark.parametrize(
    ("field", "words", "why"),
    [
        ("subject", "", "Write what is to be said."),
        ("subject", "Two\nlines", "one line"),
        ("subject", "Two\rBcc: lines", "one line"),
        ("subject", "Two\u2028lines", "one line"),
        ("subject", "x" * 121, "120 fit in a subject"),
        ("subject", "Your $dose", "Nothing can be filled in for $dose"),
        ("subject", "It costs 5$", "A $ has to stand before the name"),
        ("subject", "Your infusion", "“infusion” tells"),
        ("body", "", "Write what is to be said."),
        ("body", "See you on $day.", "This has to say $time."),
        ("body", "See you.", "This has to say $day and $time."),
        ("body", "$day $time $password", "Nothing can be filled in for $password"),
        ("body", "$day $time $dates", "Nothing can be filled in for $dates"),
        ("body", "$day $time with your therapist", "“therapist” tells"),
        ("body", "$day $time" + "x" * 3000, "write at most 3000"),
        ("text", "", "Write what is to be said."),
        ("text", "$site: $day $time", "write STOP in capitals"),
        ("text", "$site: $day $time, reply stop", "write STOP in capitals"),
        ("text", "$day $time STOP", "This has to say $site."),
        ("text", "$site: $day STOP", "This has to say $time."),
        ("text", "$site: $day $time 👍 STOP", "“👍” is no letter of a plain text message"),
        ("text", "$site: $day $time, ketamine. STOP", "“ketamine” tells"),
        ("text", "$site: $day $time {{ settings.SECRET_KEY }} STOP " + "x" * 120, "160 fit in one text. Shorten it by"),
    ],
)
def test_words_that_can_not_be_sent_are_refused_with_a_sentence(field, words, why):
    found = problems(REMINDER, **(GOOD | {field: words}))
    assert list(found) == [field]
    assert why in found[field]


@pytest.mark.parametrize("word", [*text_rules.FORBIDDEN["en"], *text_rules.FORBIDDEN["es"]])
def test_no_word_that_tells_what_the_clinic_treats_is_let_through(word):
    assert "body" in problems(REMINDER, **(GOOD | {"body": f"$day $time. {word.upper()}x"}))


@pytest.mark.parametrize("word", ["Psiquiatría", "diagnóstico", "depresión", "medicación"])
def test_an_accent_hides_no_such_word(word):
    assert text_rules.forbidden(f"Su {word}")


def test_a_word_that_only_contains_one_is_let_through():
    assert text_rules.forbidden("Monumental, fundamental and subdrugless") == []


@pytest.mark.django_db
def test_words_that_are_refused_change_nothing(write):
    with pytest.raises(Invalid) as refused:
        write(text="$site: $day $time", body="nothing")
    assert set(refused.value.fields) == {"text", "body"}
    assert not Wording.objects.exists()


@pytest.mark.django_db
def test_user_text_is_never_a_template_of_the_house(write, planned):
    write(body="$day $time {{ message.patient.birth_date }} {% now 'Y' %} %(first_name)s {first_name}")
    words = wordings.newest("appointment_24h", "en", site=planned.site)
    said = words.fill({**planned.values, "first_name": "$time {{ 1 }}", "link": "-"}).body
    assert "{{ message.patient.birth_date }} {% now 'Y' %} %(first_name)s {first_name}" in said


# Versions


@pytest.mark.django_db
def test_own_words_win_from_now_on_at_their_site_in_their_language(write, patient, site):
    assert write().version == 1
    assert write(subject="Again on $day").version == 2
    own = wordings.newest("appointment_24h", "en", site=site)
    assert (own.subject, own.version) == ("Again on $day", "own 2")
    assert wordings.newest("appointment_24h", "es", site=site).version == "2"
    assert wordings.newest("appointment_24h", "en", site=build.site("Lakeside")).version == "2"


@pytest.mark.django_db
def test_what_was_planned_is_sent_in_the_words_it_was_planned_in(write, planned):
    write()
    planned.refresh_from_db()
    assert wordings.letter(planned).subject == "Your visit tomorrow"


@pytest.mark.django_db
def test_what_was_planned_takes_the_new_words_where_the_admin_wants_it(write, planned):
    sent = Message.objects.create(
        **{name: getattr(planned, name) for name in ("kind", "patient", "site", "channel", "language", "due_at")},
        subject_kind="x", subject_id=uuid4(), occurrence="1", template_version="2", expires_at=planned.expires_at,
        state=Message.State.SENT, sent_at=clock.now(),
    )  # fmt: skip
    write(planned_too=True)
    for message in (planned, sent):
        message.refresh_from_db()
    assert (planned.template_version, sent.template_version) == ("own 1", "2")
    assert wordings.letter(planned).subject == "See you on Tuesday, February 2"


@pytest.mark.django_db
def test_a_version_is_kept_and_can_be_the_newest_again(write, site, admin):
    write()
    write(subject="Again on $day")
    restored = wording_edits.restore(site=site, kind="appointment_24h", language="en", version="1", by=admin)
    assert (restored.version, restored.subject, restored.note) == (3, GOOD["subject"], "As in version 1")
    home = wording_edits.restore(site=site, kind="appointment_24h", language="en", version=HOUSE, by=admin)
    assert (home.version, home.subject) == (4, "Your visit tomorrow")


@pytest.mark.django_db
@pytest.mark.parametrize("version", ["9", "", "own 1", "1; --"])
def test_a_version_nobody_made_can_not_be_restored(site, admin, version):
    with pytest.raises(NotFound):
        wording_edits.restore(site=site, kind="appointment_24h", language="en", version=version, by=admin)


@pytest.mark.django_db
def test_who_was_slower_is_told_and_overwrites_nothing(write):
    write(based_on="2")
    with pytest.raises(Refused, match="changed these words meanwhile"):
        write(based_on="2", subject="Mine on $day")


@pytest.mark.django_db
def test_the_words_that_are_in_use_are_no_new_version(write):
    write()
    with pytest.raises(Invalid, match="in use"):
        write()


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "language"), [("nothing", "en"), ("appointment_24h", "fr")])
def test_a_kind_or_language_without_words_does_not_exist(write, kind, language):
    with pytest.raises(NotFound):
        write(kind=kind, language=language)


@pytest.mark.django_db
def test_words_are_the_clinic_admins(write, provider, site):
    with pytest.raises(NotPermitted):
        write(by=provider)
    with pytest.raises(NotPermitted):
        wording_edits.call_it(site=site, name="Pine", by=provider)


# The name of the sender


@pytest.mark.django_db
def test_the_chosen_name_stands_in_messages(site, admin, planned):
    wording_edits.call_it(site=site, name="  Pine  House ", by=admin)
    assert "Pine House" in wordings.letter(planned).body
    assert wordings.letter(planned).text.startswith("Pine House: ")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "why"),
    [("", "Write how"), ("x" * 21, "20 fit"), ("Pine Ketamine", "“ketamine” tells"), ("Pine 🌲", "no letter")],
)
def test_a_name_that_tells_or_is_too_long_is_refused(site, admin, name, why):
    with pytest.raises(Invalid, match=why):
        wording_edits.call_it(site=site, name=name, by=admin)


@pytest.mark.django_db
def test_a_site_whose_own_name_tells_is_not_named_until_it_chooses(planned):
    planned.site.name = "Pine Ketamine Center"
    planned.site.save()
    letter = wordings.letter(planned)
    assert text_rules.forbidden(letter.body + letter.text) == []
    assert letter.text.startswith("Your clinic: ")
