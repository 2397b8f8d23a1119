"""Queries that are composed once give what the querysets give, row for row and type for type."""

from decimal import Decimal

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError

from clinic.composed import Composed
from clinic.gathering import Gathering, Given
from clinic.models import Site
from infusions.models import Infusion, VitalSigns
from journey.chart_rows import BOTH, CLINICAL, NEWEST, keys_of
from patients.models import Patient
from tests.journey.conftest import record as record

WITH = ("series__patient__site", "appointment__site", "order", "vial", "checked_by")


def kept(one):
    """What a row holds, each value with its type."""
    return {name: (type(value), value) for name, value in vars(one).items() if not name.startswith("_")}


def test_every_list_of_a_chart_is_as_its_queryset_gives_it(record, nurse):
    record.add(3)
    infusion = record.series.infusions.get(number=1)
    VitalSigns.objects.create(
        infusion=infusion, observed_at=infusion.started_at, entered_by=nurse, systolic=131, diastolic=82, nausea=False
    )
    patient = record.patient
    given = {"patient": patient.pk, "phone": "", "email": "", "now": infusion.started_at, "since": infusion.started_at}
    lists = NEWEST | BOTH | CLINICAL
    given |= keys_of(*(Composed(rows).read(**given) for rows in NEWEST.values()))
    found = Gathering(Patient.objects.filter(pk=Given("patient")), **lists).read(**given)
    for name, rows in lists.items():
        wanted = Composed(rows).read(**given)
        assert [one.pk for one in found[name]] == [one.pk for one in wanted], name
        for mine, theirs in zip(found[name], wanted, strict=True):
            assert kept(mine).items() <= kept(theirs).items(), name
    full = {name for name in lists if found[name]}
    assert {"visits", "infusions", "series", "checks", "evaluations", "vitals", "scores", "consents"} <= full


def test_what_is_annotated_comes_along_with_its_type(record):
    record.add(2)
    given = {"patient": record.patient.pk, "since": record.order.signed_at}
    found = Gathering(Patient.objects.filter(pk=Given("patient")), series=BOTH["series"]).read(**given)
    plain = Composed(BOTH["series"]).read(**given)
    assert [kept(one) for one in found["series"]] == [kept(one) for one in plain]
    assert isinstance(found["series"][0].given_mg, Decimal)


def test_a_composed_query_gives_the_row_with_its_joins(record, django_assert_num_queries):
    record.add()
    plain = Infusion.objects.select_related(*WITH).get(number=1)
    composed = Composed(Infusion.objects.select_related(*WITH).filter(pk=Given("infusion")))
    with django_assert_num_queries(2):
        first, again = composed.first(infusion=plain.pk), composed.first(infusion=plain.pk)
        assert kept(first) == kept(again) == kept(plain)
        assert kept(first.series.patient.site) == kept(plain.series.patient.site)
        assert kept(first.checked_by) == kept(plain.checked_by)
        assert (first.order, first.vial) == (plain.order, plain.vial)
    assert composed.first(infusion=record.patient.pk) is None


@pytest.mark.django_db(transaction=True)
def test_a_composed_lock_needs_a_transaction():
    locked = Composed(Site.objects.select_for_update().filter(code=Given("code")))
    with transaction.atomic():
        assert locked.first(code="nowhere") is None
    with pytest.raises(TransactionManagementError):
        locked.first(code="nowhere")
