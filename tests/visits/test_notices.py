"""The words of a reminder's day and hour."""

from datetime import datetime

import pytest

from reminders.moments import day_words
from tests import build
from visits import booking

TUESDAY = datetime(2027, 2, 2, 9)


@pytest.mark.parametrize(("language", "words"), [("en", "Tuesday, February 2"), ("es", "martes 2 de febrero")])
def test_the_day_is_said_in_the_language_of_the_patient(language, words):
    assert day_words(TUESDAY, language) == words


@pytest.mark.django_db
def test_a_reminder_says_site_day_and_hour_and_nothing_clinical(site, front_desk, nurse):
    patient = build.patient(site, language="es")
    booking.book(patient=patient, site=site, kind="infusion", starts_at=build.moment(site, "2027-02-02"), by=front_desk)
    values = patient.messages.first().values
    assert (values["day"], values["time"], values["site"]) == ("martes 2 de febrero", "9:00 AM", "Pine Street")
    assert "nfusion" not in str(values)
