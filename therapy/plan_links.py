"""The patient’s link to their plan once it was given: sent again, told again, ended.

Behind it stands the journal too, so an address is shown to those alone who may read that.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from clinic.errors import NotFound
from clinic.models import User
from patients import links
from therapy import integration_plans, journals
from therapy.integration_plans import LINK_DAYS, PURPOSE


@transaction.atomic
def renew(*, series_id: UUID, by: User, send: bool) -> str:
    """Another link to the plan in force; the former one ends. `send` writes it to the patient. Answers its path.

    Raises NotFound while no plan was given, NotPermitted, Refused.
    """
    series = journals.reader(series_id, by)
    if integration_plans.given(series.pk) is None:
        raise NotFound
    return links.make(
        patient_id=series.patient_id, purpose=PURPOSE, by=by, subject_id=series.pk, days=LINK_DAYS, send=send
    )


@transaction.atomic
def end(*, series_id: UUID, by: User) -> None:
    """The link opens nothing any more, as when a phone was lost; twice is once. Raises NotFound, NotPermitted."""
    series = journals.reader(series_id, by)
    for link in links.current(series.patient_id, PURPOSE, series.pk):
        links.revoke(link_id=link.pk, by=by)
