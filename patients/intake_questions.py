"""What the intake asks about health: the patient's words, and those of the chart (protocol 1.3, 1.4 and 1.6).

The words of the chart are such that the checklist of the evaluation recognizes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Question:
    """One thing to tick: a key, plain words for the patient, and what stands in the chart."""

    key: str
    words: str | Promise
    chart: str


HEALTH = (
    Question("hypertension", _("High blood pressure, even if medicine keeps it normal"), "Hypertension"),
    Question(
        "cardiac",
        _("A heart attack, chest pain from the heart, a weak heart, or an irregular heartbeat"),
        "Heart attack, angina, heart failure or arrhythmia",
    ),
    Question(
        "aneurysm",
        _("A bulging or tangled blood vessel (aneurysm, AVM)"),
        "Aneurysm or arteriovenous malformation",
    ),
    Question("intracerebral_bleed", _("Bleeding in the brain"), "Intracerebral hemorrhage"),
    Question(
        "stroke_icp",
        _("A stroke, or high pressure inside the head"),
        "Stroke or intracranial pressure, raised",
    ),
    Question("seizures", _("Seizures or epilepsy"), "Seizures"),
    Question(
        "brain_injury",
        _("A head injury that still troubles you, or memory loss (dementia)"),
        "Traumatic brain injury with symptoms, or dementia",
    ),
    Question("hyperthyroidism", _("An overactive thyroid"), "Hyperthyroidism"),
    Question("glaucoma", _("Glaucoma, or high pressure in the eye"), "Glaucoma"),
    Question("liver", _("Serious liver disease"), "Liver failure, cirrhosis or hepatitis"),
    Question("airway_lung", _("Sleep apnea, or serious lung disease"), "Sleep apnea or severe lung disease"),
    Question("bladder", _("Bladder pain, or having to go very often"), "Bladder symptoms or chronic cystitis"),
    Question(
        "psychosis",
        _("Seeing, hearing or believing things that others do not (psychosis, schizophrenia)"),
        "Psychosis",
    ),
    Question(
        "psychosis_history",
        _("A parent, brother, sister or child with psychosis or schizophrenia"),
        "Psychosis in a close relative",
    ),
    Question(
        "mania",
        _("Times with far too much energy, little sleep and racing thoughts (mania, bipolar disorder)"),
        "Mania or bipolar disorder",
    ),
    Question(
        "substances",
        _("Trouble with alcohol or drugs, now or in the past"),
        "Substance use disorder, now or in the past",
    ),
    Question("ketamine_use_disorder", _("Trouble with ketamine or PCP"), "Ketamine or PCP use disorder"),
    Question(
        "reaction",
        _("A bad reaction to ketamine, or to being put to sleep for surgery"),
        "Bad reaction to ketamine or anesthesia",
    ),
    Question("pregnancy", _("I am pregnant, or I could be"), "Pregnancy, or possible pregnancy"),
    Question("breastfeeding", _("I am breastfeeding"), "Breastfeeding"),
)
HEALTH_BY_KEY: Mapping[str, Question] = {one.key: one for one in HEALTH}

# The values are those of TreatmentTrial.Outcome.
OUTCOMES = (
    ("none", _("It did not help")),
    ("under_25", _("It helped a little")),
    ("under_50", _("It helped, but less than half")),
    ("response", _("I felt at least half better")),
    ("remission", _("I felt well again")),
    ("intolerant", _("I had to stop because of side effects")),
)
