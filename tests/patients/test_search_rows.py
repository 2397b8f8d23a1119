"""Search answers with the rows that a plain look at every record finds, whatever is typed of it."""

import random
from datetime import date, timedelta

import pytest
from django.db import connection
from django.urls import reverse

from patients import names, search
from patients.models import Patient
from tests import build

GIVEN = ("Zoë", "José", "Ana María", "Seán", "Mia", "Anneliese", "Bo", "Søren", "Li", "Marta")
FAMILY = ("Núñez", "O’Brien", "Ångström", "de la Cruz", "Martin", "Martinez", "Nunn", "Smith-Jones", "Łukasik", "Ek")
TRIES = 120


def _people(site, other_site, chance):
    rows = []
    for number in range(60):
        made = Patient(
            site=chance.choice((site, site, other_site)),
            mrn=f"EK-{70000 + number}",
            given_name=chance.choice(GIVEN),
            family_name=chance.choice(FAMILY),
            birth_date=date(1950, 1, 1) + timedelta(days=chance.randrange(40) * 400),
            phone=f"+1555{chance.randrange(10**7):07}",
        )
        names.index(made)
        rows.append(made)
    return Patient.objects.bulk_create(rows)


def _typed(chance, people):
    """What somebody types of one of them: a beginning of one or two names, digits of a number, or the birth date."""
    one = chance.choice(people)
    words = names.fold(f"{one.given_name} {one.family_name}").split()
    parts = [word[: chance.randrange(1, len(word) + 1)] for word in chance.sample(words, min(2, len(words)))]
    digits = one.phone[2:]
    start = chance.randrange(len(digits) - 4)
    return chance.choice([
        parts[0], " ".join(parts), one.family_name, one.mrn, one.mrn[3:], digits[start : start + 4],
        one.birth_date.isoformat(), f"{one.birth_date:%m/%d/%Y}", f"{parts[0]} {one.birth_date:%m/%d/%Y}",
    ])  # fmt: skip


def _scan(people, text):
    """Every record, looked at one by one."""
    rest, born = search._taken_apart(names.clean(text))
    words = names.fold(rest).split()
    found = [one for one in people if born is None or one.birth_date == born]
    if len(rest.strip()) >= 3 and rest.strip().isdigit():
        return {one.pk for one in found if rest.strip() in one.search_text}
    return {one.pk for one in found if all(_begins(one, word) for word in words)}


def _begins(one, word):
    return any(part.startswith(word) for part in one.search_text.split())


def test_search_finds_what_a_plain_scan_finds_and_first(site, other_site, front_desk):
    chance = random.Random(20270201)
    here = [one for one in _people(site, other_site, chance) if one.site_id == site.pk]
    for _ in range(TRIES):
        text = _typed(chance, here)
        wanted = _scan(here, text)
        found = [one.pk for one in search.find(user=front_desk, text=text, limit=100)]
        assert set(found[: len(wanted)]) == wanted, text
        assert len(found) == len(set(found)), text


@pytest.mark.parametrize("text", ["m", "ma", "mar"])
def test_a_few_letters_answer_as_a_whole_look_would(site, other_site, front_desk, text):
    here = [one for one in _people(site, other_site, random.Random(3)) if one.site_id == site.pk]
    wanted = sorted(
        (one for one in here if one.search_text.startswith(text)), key=lambda one: (one.search_text, one.pk)
    )
    assert len(wanted) > 3
    assert search.find(user=front_desk, text=text, limit=3) == wanted[:3]
    assert search.find(user=front_desk, text=text, limit=len(wanted) + 1)[: len(wanted)] == wanted


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("headers", "most"), [({"HX-Request": "true"}, 4), ({}, 5)], ids=["the box", "the page"])
@pytest.mark.parametrize("text", ["Torrse", "Torres", "5550", "1984-03-14"])
def test_a_search_costs_at_most_five_statements(
    client, site, front_desk, count, headers, most, text, django_assert_max_num_queries
):
    for number in range(count):
        build.patient(site, phone=f"+1555013555{number}")
    Patient.objects.update(search_text="torres maya 15550135550")
    client.force_login(front_desk)
    client.get(reverse("patients:search"))
    with django_assert_max_num_queries(most):
        page = client.get(reverse("patients:search"), {"q": text}, headers=headers)
    assert page.content.decode().count("Maya") >= count


def _scans() -> int:
    """How often this transaction has read every patient so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'patients_patient'")
        return cursor.fetchone()[0]


def test_a_rare_beginning_and_a_misspelled_name_are_read_from_the_index(site, front_desk):
    """A scan of 2,000 records takes ten times as long, one of 100,000 a hundred."""
    called = {"given_name": "Anna", "family_name": "Smith", "birth_date": date(1980, 1, 1)}
    Patient.objects.bulk_create(
        Patient(site=site, mrn=f"R{number}", search_text=f"smith anna{number} ek {number}", **called)
        for number in range(2_000)
    )
    torres = build.patient(site, given_name="Maya", family_name="Torres")
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('patient_search'), gin_clean_pending_list('patient_sounds_like')")
        cursor.execute("ANALYZE patients_patient")
    before = _scans()
    assert search.find(user=front_desk, text="Torrse") == [torres]
    assert search.find(user=front_desk, text="qx") == []
    assert _scans() == before
