"""What is written by a statement that was composed once stands there as `bulk_create` would have written it."""

import pytest
from django.db import IntegrityError, transaction

from clinic import clock, history
from clinic.composed import ComposedInsert, write_together
from clinic.ids import uuid7
from clinic.models import ReadEvent
from reminders.models import Message
from tests import build
from visits import booking
from visits.models import Appointment, Hold, StatusEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def booked(site, nurse, front_desk):
    """A visit with all that its booking wrote: ranges, JSON, empty and filled columns."""
    with clock.at(build.moment(site, "2027-01-20")):
        return booking.book(
            patient=build.patient(site), site=site, kind="infusion", starts_at=build.moment(site, "2027-02-02"),
            by=front_desk,
        )  # fmt: skip


def columns(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def another(model, **changes):
    """One more like the first."""
    return model(**columns(model.objects.order_by("pk").first()) | {"id": uuid7()} | changes)


def written(row):
    """What stands in the database now, without what makes it another row."""
    found = columns(type(row).objects.get(pk=row.pk))
    return {name: value for name, value in found.items() if name not in {"id", "lane", "occurrence"}}


@pytest.mark.parametrize(
    ("model", "one", "other"),
    [
        (Appointment, {}, {}),
        (StatusEvent, {}, {}),
        (Hold, {"lane": 7}, {"lane": 8}),
        (Message, {"occurrence": "this"}, {"occurrence": "that"}),
    ],
)
def test_every_column_is_as_bulk_create_writes_it(booked, django_assert_num_queries, model, one, other):
    mine, djangos = another(model, **one), another(model, **other)
    with django_assert_num_queries(1):
        ComposedInsert(model).write([mine])
    model.objects.bulk_create([djangos])
    assert written(mine) == written(djangos)
    assert columns(mine) == columns(model.objects.get(pk=mine.pk))
    assert (mine._state.adding, mine._state.db) == (djangos._state.adding, djangos._state.db)
    assert [event.pgh_label for event in mine.pgh_events.all()] == ["insert"]


def test_rows_of_several_models_go_in_one_sending_and_name_who_wrote_them(booked, django_assert_num_queries):
    visit, hold = another(Appointment), another(Hold, lane=7)
    with history.acting(booked.booked_by_id, source="test"), django_assert_num_queries(1):
        write_together(
            (ComposedInsert(Appointment), [visit]), (ComposedInsert(Message), ()), (ComposedInsert(Hold), [hold])
        )
    for one in (visit, hold):
        assert columns(one) == columns(type(one).objects.get(pk=one.pk))
        assert not one._state.adding
        assert [event.pgh_context["user"] for event in one.pgh_events.all()] == [str(booked.booked_by_id)]


def test_what_is_there_already_stays_as_it_is(booked):
    again, count = another(Message, language="es"), Message.objects.count()
    ComposedInsert(Message, ignore_conflicts=True).write([again])
    assert Message.objects.count() == count
    with pytest.raises(IntegrityError), transaction.atomic():
        ComposedInsert(Message).write([again])


def test_nothing_is_asked_for_no_rows(django_assert_num_queries):
    with django_assert_num_queries(0):
        ComposedInsert(Message).write([])


def test_what_the_database_fills_is_left_to_it(nurse):
    """The number of a line of the read log, and its hour."""
    whose = uuid7()
    ComposedInsert(ReadEvent).write([ReadEvent(user=nurse, patient_id=whose, what="chart", address="10.0.0.9")])
    read = ReadEvent.objects.get(patient_id=whose)
    assert (read.pk is not None, read.at is not None, read.what, read.address) == (True, True, "chart", "10.0.0.9")
