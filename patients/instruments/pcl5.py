"""PCL-5, past month, without Criterion A. A work of the Department of Veterans Affairs, not copyrighted (S-PCL5).

Weathers, Litz, Keane, Palmieri, Marx and Schnurr (2013), National Center for PTSD. The Spanish is the translation
approved for the CENTER-TBI study.
"""

from __future__ import annotations

from patients.instruments.shape import Instrument, Option, items_of

HOW_MUCH: tuple[Option, ...] = (
    (0, "Not at all"),
    (1, "A little bit"),
    (2, "Moderately"),
    (3, "Quite a bit"),
    (4, "Extremely"),
)
HOW_MUCH_ES: tuple[Option, ...] = (
    (0, "Nada"),
    (1, "Un poco"),
    (2, "Moderadamente"),
    (3, "Bastante"),
    (4, "Muchísimo"),
)

_CREDIT = (
    "Weathers, F. W., Litz, B. T., Keane, T. M., Palmieri, P. A., Marx, B. P., & Schnurr, P. P. (2013). The PTSD "
    "Checklist for DSM-5 (PCL-5). National Center for PTSD, www.ptsd.va.gov. In the public domain."
)

PCL5 = Instrument(
    "pcl5",
    "2018-04",
    "PCL-5",
    "In the past month, how much were you bothered by:",
    items_of(
        HOW_MUCH,
        "Repeated, disturbing, and unwanted memories of the stressful experience?",
        "Repeated, disturbing dreams of the stressful experience?",
        "Suddenly feeling or acting as if the stressful experience were actually happening again (as if you were "
        "actually back there reliving it)?",
        "Feeling very upset when something reminded you of the stressful experience?",
        "Having strong physical reactions when something reminded you of the stressful experience (for example, heart "
        "pounding, trouble breathing, sweating)?",
        "Avoiding memories, thoughts, or feelings related to the stressful experience?",
        "Avoiding external reminders of the stressful experience (for example, people, places, conversations, "
        "activities, objects, or situations)?",
        "Trouble remembering important parts of the stressful experience?",
        "Having strong negative beliefs about yourself, other people, or the world (for example, having thoughts such "
        "as: I am bad, there is something seriously wrong with me, no one can be trusted, the world is completely "
        "dangerous)?",
        "Blaming yourself or someone else for the stressful experience or what happened after it?",
        "Having strong negative feelings such as fear, horror, anger, guilt, or shame?",
        "Loss of interest in activities that you used to enjoy?",
        "Feeling distant or cut off from other people?",
        "Trouble experiencing positive feelings (for example, being unable to feel happiness or have loving feelings "
        "for people close to you)?",
        "Irritable behavior, angry outbursts, or acting aggressively?",
        "Taking too many risks or doing things that could cause you harm?",
        "Being “superalert” or watchful or on guard?",
        "Feeling jumpy or easily startled?",
        "Having difficulty concentrating?",
        "Trouble falling or staying asleep?",
    ),
    _CREDIT,
    lead=(
        "Below is a list of problems that people sometimes have in response to a very stressful experience. Please "
        "read each problem carefully and then select one of the answers to indicate how much you have been bothered by "
        "that problem in the past month."
    ),
)

PCL5_ES = Instrument(
    "pcl5",
    "2018-04",
    "PCL-5",
    "En el último mes, ¿cuánto le ha molestado…",
    items_of(
        HOW_MUCH_ES,
        "Tener recuerdos repetidos, perturbadores y no deseados de la experiencia estresante?",
        "Tener sueños repetidos, perturbadores de la experiencia estresante?",
        "Sentirse o actuar de repente como si la experiencia estresante volviera a suceder (como si realmente "
        "estuviera allí reviviéndolo)?",
        "Sentirse muy disgustado cuando algo le recordaba la experiencia estresante?",
        "Tener reacciones físicas intensas cuando algo le recordaba la experiencia estresante (p.ej. palpitaciones, "
        "dificultades para respirar, sudoración)?",
        "Evitar recuerdos, pensamientos o sentimientos relacionados con la experiencia estresante?",
        "Evitar estímulos externos relacionados con la experiencia estresante (p.ej. personas, lugares, "
        "conversaciones, actividades, objetos o situaciones)?",
        "Tener dificultades para recordar partes importantes de la experiencia estresante?",
        "Tener fuertes creencias negativas sobre uno mismo, otras personas, o el mundo (p.ej. tener pensamientos como: "
        "no soy una buena persona, hay algo que seriamente no está bien en mí, no se puede confiar en nadie, el mundo "
        "es muy peligroso)?",
        "Culparse a sí mismo o a otra persona de la experiencia estresante o de lo que sucedió después?",
        "Tener fuertes sentimientos negativos tales como miedo, terror, ira, culpa o vergüenza?",
        "Perder el interés en actividades que antes solía disfrutar?",
        "Sentirse distante o apartado de los demás?",
        "Dificultades para sentir emociones positivas (p.ej. ser incapaz de sentir alegría o tener sentimientos de "
        "amor hacia personas cercanas)?",
        "Tener conductas irritables, ataques de ira o actuar de manera agresiva?",
        "Tomar demasiados riesgos o hacer cosas que le pudieran dañar?",
        "Estar muy en alerta o en guardia?",
        "Sentirse asustadizo o sobresaltado?",
        "Tener dificultades para concentrarse?",
        "Tener problemas para dormir o mantener el sueño?",
    ),
    f"{_CREDIT} Traducción: CENTER-TBI.",
    "es",
    lead=(
        "Más abajo hay un listado de problemas que las personas tienen a veces debido a una experiencia muy "
        "estresante. Lea por favor cada problema detenidamente y después elija una de las respuestas para indicar con "
        "cuánta intensidad le ha molestado aquel problema durante el último mes."
    ),
)
