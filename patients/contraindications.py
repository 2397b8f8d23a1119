"""The checklist of the evaluation (protocol 1.3 and 1.4): what rules the treatment out, what needs a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Contraindication:
    """One line of the checklist. An absolute one stops the treatment; a relative one needs a written reason."""

    key: str
    label: str
    absolute: bool
    source: str


# key, label, source: absolute ones first, then relative ones.
_ABSOLUTE = (
    ("hypersensitivity", "Hypersensitivity to ketamine", "S-Label24"),
    ("bp_hazard", "A condition in which a large rise of blood pressure is a serious hazard", "S-Label24"),
    ("pregnancy", "Pregnancy or breastfeeding", "S-ConsentA, S-Trial12"),
    ("psychosis", "Current psychosis or schizophrenia-spectrum disorder", "S-Trial12, S-Toronto, S-VA"),
    ("mania", "Current mania", "S-Trial12, S-Toronto"),
    ("intoxication", "Acute intoxication or withdrawal", "S-Trial12"),
    ("ketamine_use_disorder", "Active ketamine or PCP use disorder", "S-Trial12"),
    ("aneurysm", "Aneurysmal vascular disease or arteriovenous malformation", "S-SprISI"),
    ("intracerebral_bleed", "Earlier intracerebral bleeding", "S-SprISI"),
    ("no_capacity", "No capacity to consent", "S-Toronto"),
)
_RELATIVE = (
    ("hypertension", "Hypertension, treated or uncontrolled", "1.4"),
    ("cardiac", "Recent heart attack, unstable angina, heart failure, arrhythmia or long QT", "1.4"),
    ("stroke_icp", "Stroke, or raised intracranial pressure", "1.4"),
    ("hyperthyroidism", "Untreated hyperthyroidism", "S-ConsentB"),
    ("glaucoma", "Glaucoma or raised pressure in the eye", "1.4"),
    ("liver", "Severe liver disease", "1.4"),
    ("seizures", "Seizures", "1.4"),
    ("airway_lung", "Sleep apnea or severe lung disease", "1.4"),
    ("bmi", "Body mass index of 35 or more", "1.4"),
    ("brain_injury", "Symptomatic brain injury, dementia or delirium", "S-Toronto, S-VA"),
    ("psychosis_history", "Psychosis in the past, or in a parent, sibling or child", "S-Psyon"),
    ("bipolar", "Bipolar disorder without a mood stabilizer", "1.4"),
    ("personality", "Severe personality disorder", "1.4"),
    ("substance_remission", "Substance use disorder in remission for less than 12 months", "1.4"),
    ("bladder", "Chronic cystitis or bladder symptoms", "1.4"),
    ("interacting_drugs", "MAOI, stimulant, thyroid hormone or theophylline", "1.4"),
    ("no_escort", "No reliable escort", "1.4"),
)
CONTRAINDICATIONS: tuple[Contraindication, ...] = (
    *(Contraindication(key, label, True, source) for key, label, source in _ABSOLUTE),
    *(Contraindication(key, label, False, source) for key, label, source in _RELATIVE),
)
BY_KEY: Mapping[str, Contraindication] = {line.key: line for line in CONTRAINDICATIONS}
