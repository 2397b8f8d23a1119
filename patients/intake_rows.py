"""From a finished intake to rows of the record, through the verbs that everybody writes by; each to be confirmed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from clinic.errors import Refused
from patients import goals, history, registration
from patients.intake_questions import HEALTH_BY_KEY
from patients.intake_steps import Page
from patients.models import Contact, Intake, IntakeRow, PatientLink

Kind = IntakeRow.Kind
OF_HISTORY = (Kind.CONDITION, Kind.MEDICATION, Kind.ALLERGY, Kind.TRIAL)
SOURCE = "patient"


def write(*, intake: Intake, pages: Mapping[str, Page], link: PatientLink) -> None:
    """Write every answer as a row. What stands in the record already is not written again. Raises what verbs raise."""
    _Writing(intake, link).all(pages)


class _Writing:
    def __init__(self, intake: Intake, link: PatientLink) -> None:
        self.intake = intake
        self.door: dict[str, Any] = {"patient_id": intake.patient_id, "by": None, "link": link}

    def all(self, pages: Mapping[str, Page]) -> None:
        for page in pages.values():
            page.is_whole()  # validates every form, so that what follows may read it
        self.conditions(pages["about"].part("about").form.cleaned_data)
        for row in pages["medicines"].part("medicine").filled:
            self.add(Kind.MEDICATION, history.add_medication, source=SOURCE, **row.cleaned_data)
        for row in pages["medicines"].part("allergy").filled:
            self.add(Kind.ALLERGY, history.add_allergy, source=SOURCE, **row.cleaned_data)
        for row in pages["treatments"].part("treatment").filled:
            self.trial(row.cleaned_data)
        for words in pages["goals"].part("goal").form.cleaned_data.values():
            if words:
                self.add(Kind.GOAL, goals.add_goal, words=words)
        self.escort(pages["goals"].part("escort").form.cleaned_data)

    def add(self, kind: str, verb: Callable[..., Any], /, **values: Any) -> None:
        try:
            made = verb(**self.door, **values)
        except history.MarkedAsError as former:  # the patient tells it again: somebody has to look at the mark
            again = {"intake": self.intake, "confirmed_at": None, "confirmed_by": None}
            IntakeRow.objects.update_or_create(kind=kind, row_id=former.row.pk, defaults=again)
        except Refused:  # it stands there already
            return
        else:
            IntakeRow.objects.get_or_create(kind=kind, row_id=made.pk, defaults={"intake": self.intake})

    def conditions(self, typed: Mapping[str, Any]) -> None:
        for key in typed["health"]:
            self.add(Kind.CONDITION, history.add_condition, display=HEALTH_BY_KEY[key].chart, source=SOURCE)
        for line in typed["other"].splitlines():
            if line.strip():
                self.add(Kind.CONDITION, history.add_condition, display=line, source=SOURCE)

    def trial(self, typed: Mapping[str, Any]) -> None:
        self.add(
            Kind.TRIAL,
            history.add_trial,
            treatment=typed["treatment"],
            dose=typed["dose"],
            weeks_at_adequate_dose=typed["weeks"],
            outcome=typed["outcome"],
            this_episode=not typed["earlier"],
            source=SOURCE,
        )

    def escort(self, typed: Mapping[str, Any]) -> None:
        if not typed["name"]:
            return
        self.add(
            Kind.CONTACT,
            registration.add_contact,
            kind=Contact.Kind.ESCORT,
            name=typed["name"],
            relation=typed["relation"],
            phone=typed["phone"],
        )
