"""The safety plan: made with the patient in six steps, signed, handed over, superseded by the next (protocol 4.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from clinic import clock
from clinic.documents.sheets import blank
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import User
from clinic.policy import Action, require
from patients import alert_contacts, alerts, phones
from patients.models import Patient, SafetyPlan
from patients.rows import patient_for

NOTHING = "Fill in this step. If nothing comes to mind, write that, and ask again."
MOST = 2000  # letters in a step: it has to be read in a bad hour


@dataclass(frozen=True)
class Words:
    """The plan's fixed words in one language (the steps of Stanley and Brown; S-SPI)."""

    title: str
    made: str
    version: str
    steps: Mapping[str, str]
    always: str
    danger: str
    clinic: str


WORDS: dict[str, Words] = {
    "en": Words(
        title="My safety plan",
        made="Made together with {name} on {day}",
        version="Plan {number}; it takes the place of any earlier one.",
        steps={
            "warning_signs": "1. Warning signs: thoughts, moods, situations that tell me a crisis may be coming",
            "coping": "2. What I can do by myself to take my mind off it",
            "distraction": "3. People and places that take my mind off it",
            "helpers": "4. People I can ask for help",
            "professionals": "5. Professionals and agencies I can call",
            "environment": "6. Making my surroundings safe",
        },
        always="988 Suicide & Crisis Lifeline: call or text 988, at any hour. Chat: 988lifeline.org",
        danger="In danger now: call 911 or go to the nearest emergency room.",
        clinic="{name}: {phone}",
    ),
    "es": Words(
        title="Mi plan de seguridad",
        made="Hecho junto con {name} el {day}",
        version="Plan {number}; sustituye a cualquier plan anterior.",
        steps={
            "warning_signs": "1. Señales de alerta: pensamientos, ánimo o situaciones que me avisan de una crisis",
            "coping": "2. Lo que puedo hacer por mi cuenta para pensar en otra cosa",
            "distraction": "3. Personas y lugares que me ayudan a pensar en otra cosa",
            "helpers": "4. Personas a las que puedo pedir ayuda",
            "professionals": "5. Profesionales y servicios a los que puedo llamar",
            "environment": "6. Cómo hacer más seguro mi entorno",
        },
        always="988 Línea de Prevención del Suicidio y Crisis: llame al 988 (oprima 2 para español) "
        "o envíe AYUDA al 988, a cualquier hora. Chat: 988lineadevida.org",
        danger="Si está en peligro ahora: llame al 911 o vaya a la sala de emergencias más cercana.",
        clinic="{name}: {phone}",
    ),
}  # fmt: skip

QUESTIONS: dict[str, str] = {
    "warning_signs": "What do you notice first: a thought, a mood, something you do, a situation?",
    "coping": "What can you do alone that gets you through an hour? What could get in the way of it?",
    "distraction": "Who is good company, and where is it hard to be alone with the thoughts?",
    "helpers": "Whom would you tell that you are in a crisis? Name and number of each.",
    "professionals": "Therapist, doctor, nearest emergency room, with numbers. 988 and the clinic are printed anyway.",
    "environment": "What have you thought of using? Who keeps it, locks it up or takes it away, and by when?",
}


def in_force(patient: Patient) -> SafetyPlan | None:
    """The newest signed plan."""
    return SafetyPlan.objects.filter(patient=patient, signed_at__isnull=False).select_related("signed_by").first()


@transaction.atomic
def begin(*, patient_id: UUID, by: User) -> SafetyPlan:
    """The draft there is, or a new one that starts from the plan in force. Raises NotFound, NotPermitted."""
    patient = patient_for(patient_id, by)
    require(by, Action.MAKE_SAFETY_PLAN, at=patient.site)
    draft = SafetyPlan.objects.filter(patient=patient, signed_at=None).first()
    if draft is not None:
        return draft
    former = in_force(patient)
    number = SafetyPlan.objects.filter(patient=patient).aggregate(n=Max("number"))["n"] or 0
    steps = {step: getattr(former, step) for step in SafetyPlan.STEPS} if former else {}
    language = former.language if former else "es" if patient.language == "es" else "en"
    return SafetyPlan.objects.create(
        patient=patient, number=number + 1, language=language, begun_at=clock.now(), begun_by=by, **steps
    )


@transaction.atomic
def save(*, plan_id: UUID, saved: int, steps: Mapping[str, str], made_how: str, language: str, by: User) -> SafetyPlan:
    """Keep the draft. Raises NotFound, NotPermitted, Refused when it was signed or changed meanwhile, Invalid."""
    plan = _draft(plan_id, by)
    if plan.saved != saved:
        raise Refused("A colleague saved this plan meanwhile. Open it anew, and add what you wrote to theirs.")
    wrong = {step: f"Shorten this to {MOST} letters." for step in SafetyPlan.STEPS if len(steps.get(step, "")) > MOST}
    if made_how not in SafetyPlan.Together.values:
        wrong["made_how"] = "Choose how you made it."
    if language not in WORDS:
        wrong["language"] = "Choose the language of the patient’s copy."
    if wrong:
        raise Invalid(wrong)
    for step in SafetyPlan.STEPS:
        setattr(plan, step, steps.get(step, "").strip())
    plan.made_how, plan.language, plan.saved = made_how, language, saved + 1
    plan.save()
    return plan


@transaction.atomic
def sign(*, plan_id: UUID, by: User) -> SafetyPlan:
    """Sign it: it takes the place of the former plan, and is what the open alerts asked for.

    Raises NotFound, NotPermitted, Refused, Invalid.
    """
    plan = _draft(plan_id, by)
    empty = [step for step in SafetyPlan.STEPS if not getattr(plan, step)]
    if empty:
        raise Invalid(dict.fromkeys(empty, NOTHING))
    plan.signed_at, plan.signed_by = clock.now(), by
    plan.save()
    words = f"{plan} signed by {by.signs_as}."
    asking = alerts.open_alerts(plan.patient).select_for_update()
    alert_contacts.done_by(asking, alert_contacts.PLANS, words=words, by=by)
    return plan


def _draft(plan_id: UUID, by: User) -> SafetyPlan:
    known = SafetyPlan.objects.filter(pk=plan_id).values_list("patient_id", flat=True).first()
    if known is None:
        raise NotFound
    patient = patient_for(known, by)
    require(by, Action.MAKE_SAFETY_PLAN, at=patient.site)
    plan = SafetyPlan.objects.select_for_update().get(pk=plan_id)
    if plan.signed_at is not None:
        raise Refused(f"This plan was signed by {plan.signed_by}. Make a new one: it starts from this.")
    plan.patient = patient
    return plan


def for_patient(plan: SafetyPlan, language: str) -> list[tuple[str, list[str]]]:
    """The patient's own copy: headings in a language, their own words, and 988 among whom they can call.

    Raises Refused for a draft.
    """
    if plan.signed_at is None or plan.signed_by is None:
        raise Refused("This plan is not signed yet. Sign it first; then it can be printed.")
    words, site = WORDS[language], plan.patient.site
    day = _day(site.local(plan.signed_at), language)
    parts = [(words.title, [words.made.format(name=plan.signed_by.signs_as, day=day)])]
    parts += [(heading, [getattr(plan, step)]) for step, heading in words.steps.items()]
    agencies = parts[1 + SafetyPlan.STEPS.index("professionals")][1]
    agencies += [words.always, words.clinic.format(name=site.name, phone=phones.shown(site.phone))]
    return [*parts, (words.danger, [])]


def print_for_patient(plan: SafetyPlan, language: str) -> bytes:
    """That copy on paper, in large type. Raises Refused for a draft."""
    parts = for_patient(plan, language)
    foot = WORDS[language].version.format(number=plan.number)
    paper = blank(head=plan.patient.name, foot=foot, made=plan.signed_at or clock.now())
    paper.set_lang("es-US" if language == "es" else "en-US")
    paper.add_page()
    for number, (heading, lines) in enumerate(parts):
        paper.say(heading, 12 if number else 20, bold=True, gap=1)
        for line in lines:
            paper.say(line, 12, gap=1)
        paper.ln(4)
    return paper.made()


def _day(moment: datetime, language: str) -> str:
    return f"{moment:%d/%m/%Y}" if language == "es" else f"{moment:%B} {moment.day}, {moment.year}"
