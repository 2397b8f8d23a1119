"""The two suicide screeners: C-SSRS (Columbia) and ASQ (NIMH). Their wording is kept as it is.

C-SSRS screener: Posner and colleagues, The Columbia Lighthouse Project; free for this use, wording unchanged (S-CSSRS).
The Spanish is the project's own recent screener; of the version since the last contact we hold no published Spanish,
so it is asked in English alone. ASQ: a work of the United States government, in both languages (S-ASQ).
"""

from __future__ import annotations

from patients.instruments.shape import Instrument, Item, Option, items_of

NO_YES: tuple[Option, ...] = ((0, "No"), (1, "Yes"))
NO_YES_ES: tuple[Option, ...] = ((0, "No"), (1, "Sí"))
BEHAVIOR_EVER: tuple[Option, ...] = (
    (0, "No, never"),
    (1, "Yes, more than 3 months ago"),
    (2, "Yes, within the past 3 months"),
)
BEHAVIOR_EVER_ES: tuple[Option, ...] = (
    (0, "No, nunca"),
    (1, "Sí, hace más de 3 meses"),
    (2, "Sí, en los últimos 3 meses"),
)
BEHAVIOR_SINCE: tuple[Option, ...] = ((0, "No"), (2, "Yes"))

_CREDIT = (
    "Columbia-Suicide Severity Rating Scale, screen version. The Columbia Lighthouse Project, New York State "
    "Psychiatric Institute."
)
_THOUGHTS = (
    "Have you wished you were dead or wished you could go to sleep and not wake up?",
    "Have you actually had any thoughts of killing yourself?",
    "Have you been thinking about how you might do this?",
    "Have you had these thoughts and had some intention of acting on them?",
    "Have you started to work out or worked out the details of how to kill yourself? "  # noqa: ISC004 - one question
    "Do you intend to carry out this plan?",
)
_EXAMPLES = (
    "Examples: Collected pills, obtained a gun, gave away valuables, wrote a will or suicide note, took out pills but "
    "didn’t swallow any, held a gun but changed your mind or it was grabbed from your hand, went to the roof but "
    "didn’t jump; or actually took pills, tried to shoot yourself, cut yourself, tried to hang yourself, etc."
)
_THOUGHTS_ES = (
    "¿Ha deseado estar muerto(a) o poder dormirse y no despertar?",
    "¿Ha tenido realmente la idea de suicidarse?",
    "¿Ha pensado en cómo llevaría esto a cabo?",
    "¿Ha tenido estas ideas y en cierto grado la intención de llevarlas a cabo?",
    "¿Ha comenzado a elaborar o ha elaborado los detalles sobre cómo suicidarse? "  # noqa: ISC004 - one question
    "¿Tenía intenciones de llevar a cabo este plan?",
)
_EXAMPLES_ES = (
    "Ejemplos: Colectar píldoras, obtener una arma, regalar cosas de valor, escribir un testamento o carta de "
    "suicidio, sacado píldoras de la botella pero no las tragado, agarrar una arma pero ha cambiado de mente de usarla "
    "o alguien se la ha quitado de sus manos, ha subido al techo pero no ha saltado al vacío; o realmente ha tomado "
    "píldoras, ha tratado de disparar una arma, se ha cortado, ha tratado de colgarse, etc."
)

CSSRS_RECENT = Instrument(
    "cssrs",
    "recent",
    "C-SSRS screener",
    "Past month",
    (
        *items_of(NO_YES, *_THOUGHTS),
        Item(
            6,
            "Have you ever done anything, started to do anything, or prepared to do anything to end your life?",
            BEHAVIOR_EVER,
            f"{_EXAMPLES} If yes, was this within the past 3 months?",
        ),
    ),
    _CREDIT,
)

CSSRS_RECENT_ES = Instrument(
    "cssrs",
    "recent",
    "C-SSRS",
    "Pasado mes",
    (
        *items_of(NO_YES_ES, *_THOUGHTS_ES),
        Item(
            6,
            "¿Alguna vez ha hecho algo usted, comenzado a hacer algo o se ha preparado para hacer algo para terminar "
            "su vida?",
            BEHAVIOR_EVER_ES,
            f"{_EXAMPLES_ES} Si la respuesta es “Sí”: ¿Fue esto en los últimos 3 meses?",
        ),
    ),
    _CREDIT,
    "es",
)

CSSRS_SINCE_LAST = Instrument(
    "cssrs",
    "since-last",
    "C-SSRS screener, since last contact",
    "Since last contact",
    (
        *items_of(NO_YES, *_THOUGHTS),
        Item(
            6,
            "Have you done anything, started to do anything, or prepared to do anything to end your life?",
            BEHAVIOR_SINCE,
            _EXAMPLES,
        ),
    ),
    _CREDIT,
)

_ASQ_CREDIT = "Ask Suicide-Screening Questions (ASQ), National Institute of Mental Health. In the public domain."

ASQ = Instrument(
    "asq",
    "1",
    "ASQ",
    "",
    items_of(
        NO_YES,
        "In the past few weeks, have you wished you were dead?",
        "In the past few weeks, have you felt that you or your family would be better off if you were dead?",
        "In the past week, have you been having thoughts about killing yourself?",
        "Have you ever tried to kill yourself?",
        "Are you having thoughts of killing yourself right now?",
    ),
    _ASQ_CREDIT,
)

ASQ_ES = Instrument(
    "asq",
    "1",
    "ASQ",
    "",
    items_of(
        NO_YES_ES,
        "En las últimas semanas, ¿ha deseado estar muerto?",
        "En las últimas semanas, ¿ha sentido que usted o su familia estarían mejor si estuviera muerto?",
        "En la última semana, ¿ha estado pensando en suicidarse?",
        "¿Alguna vez ha intentado suicidarse?",
        "¿Está pensando en suicidarse en este momento?",
    ),
    "Ask Suicide-Screening Questions (ASQ), National Institute of Mental Health. De dominio público.",
    "es",
)
