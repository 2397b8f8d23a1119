"""What of a history speaks for a “yes” on a line of the checklist. Evidence for a person to judge; it answers nothing.

Words and ICD-10-CM ranges of the conditions, medicines and allergies that protocol 1.3 and 1.4 name. Pure; no ORM.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Sign:
    key: str
    words: re.Pattern[str]
    codes: re.Pattern[str] | None = None


def _sign(key: str, words: str, codes: str = "") -> Sign:
    return Sign(key, re.compile(rf"\b(?:{words})", re.IGNORECASE), re.compile(rf"(?:{codes})") if codes else None)


CONDITIONS: tuple[Sign, ...] = (
    _sign("bp_hazard", "aortic dissection|pha?eochromocytoma", r"I71\.0|D35\.0"),
    _sign("pregnancy", "pregnan|breast ?feeding|lactation", r"Z33|Z34|O[0-9]|Z39\.1"),
    _sign("psychosis", "schizo|psychosis|psychotic|delusional", r"F2[0-9]|F3[23]\.3"),
    _sign("mania", "mania|manic|hypomani", r"F30|F31\.[0-2]"),
    _sign("intoxication", "(intoxication|withdrawal)", r"F1\d\.([129]2|[129]3)"),
    _sign("ketamine_use_disorder", "ketamine|phencyclidine|pcp (use|abuse|dependence)", r"F16"),
    _sign("aneurysm", "aneurysm|arteriovenous malformation", r"I71|I72|I67\.1|Q28\.[02]"),
    _sign("intracerebral_bleed", "(intra)?cerebral ha?emorrh|intracranial (bleed|ha?em)|subarachnoid", r"I6[0-2]"),
    _sign("hypertension", "(?<!intracranial )(?<!ocular )hypertens", r"I1[0-6]"),
    _sign(
        "cardiac",
        "myocardial infarct|heart attack|angina|heart failure|[a-z]*arrhythmia|atrial fibrill|long qt|"
        "coronary|ischa?emic heart|cardiac arrest|cardiomyopath",
        r"I2[0-5]|I4[2-9]|I50",
    ),
    _sign(
        "stroke_icp",
        "stroke|cerebral infarct|cerebrovascular|intracranial (hypert|press)|hydroceph",
        r"I6[3-9]|G45|G93\.2",
    ),
    _sign("hyperthyroidism", "hyperthyroid|thyrotoxic|graves", r"E05"),
    _sign("glaucoma", "glaucoma|ocular hypertens", r"H40"),
    _sign("liver", "cirrhosis|(hepatic|liver) failure|hepatitis|end.stage liver", r"K7[0-7]|B18"),
    _sign("seizures", "seizure|epilep|convuls", r"G40|R56"),
    _sign(
        "airway_lung",
        "sleep apno?ea|chronic obstructive|emphysema|pulmonary fibrosis",
        r"G47\.3|J4[34]|J84",
    ),
    _sign("bmi", "(severe |morbid )?obesity|body mass index [34]", r"E66|Z68\.(3[5-9]|4)"),
    _sign("brain_injury", "traumatic brain|concussion|dementia|alzheimer|delirium", r"F0[0-5]|G30|S06"),
    _sign("psychosis_history", "schizo|psychosis|psychotic|delusional", r"F2[0-9]|F3[23]\.3|Z81\.8"),
    _sign("bipolar", "bipolar", r"F31"),
    _sign("personality", "personality disorder", r"F60"),
    _sign(
        "substance_remission",
        "(alcohol|opioid|drug|substance|cocaine|cannabis|amphetamine|sedative)[a-z ]* (abuse|depend|use disorder)|"
        "overdose|alcoholism",
        r"F1[0-9]",
    ),
    _sign("bladder", "cystitis|bladder|urinary tract", r"N30|N32|N39\.0"),
)
MEDICINES: tuple[Sign, ...] = (
    _sign("hypertension", "lisinopril|amlodipine|losartan|valsartan|metoprolol|atenolol|hydrochlorothiazide|clonidine"),
    _sign(
        "interacting_drugs",
        "phenelzine|tranylcypromine|isocarboxazid|selegiline|methylphenidate|[a-z]*amphetamine|lisdexamfetamine|"
        "levothyroxine|liothyronine|theophylline|aminophylline",
    ),
)
EFFECTS: tuple[Sign, ...] = (
    _sign(
        "benzodiazepine",
        "alprazolam|bromazepam|chlordiazepoxide|clobazam|clonazepam|clorazepate|diazepam|estazolam|flurazepam|"
        "lorazepam|oxazepam|temazepam|triazolam",
    ),
    _sign("lamotrigine", "lamotrigine"),
)
"""Medicines that change what ketamine does (protocol 1.5; S-BZD, S-Andrade5): told of, and nothing held by itself."""
ALLERGIES: tuple[Sign, ...] = (_sign("hypersensitivity", "(es)?ketamine|phencyclidine"),)
ONLY_NOW = frozenset({"pregnancy", "psychosis", "mania", "intoxication", "ketamine_use_disorder"})
"""Lines that ask for what is present: a condition that is over says nothing there."""

# What opens a signed evaluation again (protocol 1.6): a new heart or nerve event, pregnancy, psychosis, mania.
EVENTS: Mapping[str, str] = {
    "cardiac": "cardiac",
    "aneurysm": "cardiac",
    "bp_hazard": "cardiac",
    "stroke_icp": "neuro",
    "intracerebral_bleed": "neuro",
    "seizures": "neuro",
    "brain_injury": "neuro",
    "pregnancy": "pregnancy",
    "psychosis": "psychosis",
    "mania": "mania",
}


def lines_of(signs: tuple[Sign, ...], display: str, code: str = "", *, over: bool = False) -> Iterator[str]:
    """The lines of the checklist for which one row of the history speaks."""
    for sign in signs:
        if over and sign.key in ONLY_NOW:
            continue
        if sign.words.search(display) or (sign.codes and code and sign.codes.match(code.upper())):
            yield sign.key


PREGNANCY = re.compile(r"pregnan|\bhcg\b|gravid|gestation|trimester|obstetric|breast ?feeding|lactati", re.IGNORECASE)
HELD = "Clinical hold. Ask the nurse or the provider."


def discreet(text: str) -> str:
    """A text for a reader who may not know of a pregnancy (protocol, J9): each line that names one is held back."""
    return "\n".join(HELD if PREGNANCY.search(line) else line for line in text.splitlines())


def event_of(display: str, code: str = "") -> tuple[str, str] | None:
    """The kind of event that a present condition is, and its line of the checklist; None for any other."""
    for key in lines_of(CONDITIONS, display, code):
        if key in EVENTS:
            return EVENTS[key], key
    return None
