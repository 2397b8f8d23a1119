"""The words the house itself proposes for every message, in each language; a site's own words win over them.

No drug, no diagnosis, no therapist, no kind of visit: a message may be read by whoever holds the phone. Letters get a
foot (reminders.templates); every text message names its sender and says how to have no more of them. A change of words
is a new version, and what was planned with an older one keeps it.
"""

from __future__ import annotations

from typing import NamedTuple

from reminders.templates import Template

_TEXT = {
    ("appointment_72h", "en"): "$site: visit $day $time. Confirm/change: $link STOP to opt out",
    ("appointment_72h", "es"): "$site: visita $day $time. Confirme/cambie: $link STOP para salir",
    ("appointment_24h", "en"): "$site: visit $day $time. Get ready: $link STOP to opt out",
    ("appointment_24h", "es"): "$site: visita $day $time. Prepárese: $link STOP para salir",
}


class _Say(NamedTuple):
    subject: str
    body: str
    text: str


def _pair(kind: str, version: str, english: _Say, spanish: _Say) -> tuple[Template, ...]:
    return tuple(Template(kind, version, language, *say) for language, say in (("en", english), ("es", spanish)))


ALL: tuple[Template, ...] = (
    *_pair(
        "appointment_72h", "1",
        _Say("Your visit on $day",
         "Hello $first_name,\n\nthis is a reminder of your visit at $site on $day at $time.\n"
         "Please arrange your ride. If the time does not suit you, call us: $phone.",
         _TEXT["appointment_72h", "en"]),
        _Say("Su visita el $day",
         "Hola $first_name:\n\nle recordamos su visita en $site el $day a las $time.\n"
         "Por favor, organice su transporte. Si la hora no le conviene, llámenos: $phone.",
         _TEXT["appointment_72h", "es"]),
    ),
    *_pair(
        "appointment_24h", "1",
        _Say("Your visit tomorrow",
         "Hello $first_name,\n\nwe look forward to seeing you at $site on $day at $time.\n"
         "Please arrange your ride. If anything has come up, call us: $phone.",
         _TEXT["appointment_24h", "en"]),
        _Say("Su visita de mañana",
         "Hola $first_name:\n\nle esperamos en $site el $day a las $time.\n"
         "Por favor, organice su transporte. Si ha surgido algo, llámenos: $phone.",
         _TEXT["appointment_24h", "es"]),
    ),
    *_pair(
        "appointment_72h", "2",
        _Say("Your visit on $day",
         "Hello $first_name,\n\nthis is a reminder of your visit at $site on $day at $time.\n"
         "Please arrange your ride. Here you can confirm, move or cancel the visit, and tell us who takes you home:"
         "\n\n$link\n\nOr call us: $phone.",
         _TEXT["appointment_72h", "en"]),
        _Say("Su visita el $day",
         "Hola $first_name:\n\nle recordamos su visita en $site el $day a las $time.\n"
         "Por favor, organice su transporte. Aquí puede confirmar, cambiar o cancelar la visita, y decirnos quién le "
         "lleva a casa:\n\n$link\n\nO llámenos: $phone.",
         _TEXT["appointment_72h", "es"]),
    ),
    *_pair(
        "appointment_24h", "2",
        _Say("Your visit tomorrow",
         "Hello $first_name,\n\nwe look forward to seeing you at $site on $day at $time.\n"
         "Please arrange your ride. How to prepare, and all you can tell us, is here:\n\n$link\n\n"
         "If anything has come up, call us: $phone.",
         _TEXT["appointment_24h", "en"]),
        _Say("Su visita de mañana",
         "Hola $first_name:\n\nle esperamos en $site el $day a las $time.\n"
         "Por favor, organice su transporte. Cómo prepararse, y todo lo que quiera decirnos, está aquí:\n\n$link\n\n"
         "Si ha surgido algo, llámenos: $phone.",
         _TEXT["appointment_24h", "es"]),
    ),
    *_pair(
        "appointment_2h", "1",
        _Say("See you today at $time",
         "Hello $first_name,\n\nwe expect you at $site today at $time. Your visit, and how to prepare:\n\n$link\n\n"
         "If anything has come up, call us: $phone.",
         "$site: see you today at $time. $link STOP to opt out"),
        _Say("Le esperamos hoy a las $time",
         "Hola $first_name:\n\nle esperamos en $site hoy a las $time. Su visita y cómo prepararse:\n\n$link\n\n"
         "Si ha surgido algo, llámenos: $phone.",
         "$site: le esperamos hoy a las $time. $link STOP para salir"),
    ),
    *_pair(
        "visits_booked", "1",
        _Say("Your visits at $site",
         "Hello $first_name,\n\nthese are your visits at $site:\n\n$dates\n\n"
         "If a time does not suit you, call us: $phone.",
         "$site: your visits are booked. All dates: $link STOP to opt out"),
        _Say("Sus visitas en $site",
         "Hola $first_name:\n\nestas son sus visitas en $site:\n\n$dates\n\n"
         "Si alguna hora no le conviene, llámenos: $phone.",
         "$site: sus visitas están reservadas. Fechas: $link STOP para salir"),
    ),
    *_pair(
        "instructions", "1",
        _Say("How to prepare for your visits",
         "Hello $first_name,\n\nplease read before your first visit at $site how to prepare: what to eat and drink and "
         "when, what to bring, and who takes you home.\n\n$link\n\nAny question? Call us: $phone.",
         "$site: please read how to prepare for your visits: $link STOP to opt out"),
        _Say("Cómo prepararse para sus visitas",
         "Hola $first_name:\n\nantes de su primera visita en $site, lea por favor cómo prepararse: qué comer y beber y "
         "cuándo, qué traer y quién le lleva a casa.\n\n$link\n\n¿Alguna pregunta? Llámenos: $phone.",
         "$site: cómo prepararse para sus visitas: $link STOP para salir"),
    ),
    *_pair(
        "evening_note", "1",
        _Say("This evening",
         "Hello $first_name,\n\nwe hope you are resting well. What to keep in mind until tomorrow, and whom to call, "
         "is here:\n\n$link\n\nDo not drive today. In an emergency call 911; for a crisis call or text 988.",
         "$site: please read for tonight: $link No driving today. STOP to opt out"),
        _Say("Esta noche",
         "Hola $first_name:\n\nesperamos que esté descansando bien. Lo que debe tener en cuenta hasta mañana, y a "
         "quién llamar, está aquí:\n\n$link\n\nNo conduzca hoy. En una emergencia llame al 911; en una crisis, llame o "
         "escriba al 988.",
         "$site: para esta noche: $link No conduzca hoy. STOP para salir"),
    ),
    *_pair(
        "checkin_24h", "1",
        _Say("How are you today?",
         "Hello $first_name,\n\nhow have you been since your visit? Please answer a few short questions; it takes two "
         "minutes:\n\n$link\n\nIf we hear nothing, we will call you. In an emergency call 911; for a crisis call or "
         "text 988.",
         "$site: how are you today? Two minutes, please: $link STOP to opt out"),
        _Say("¿Cómo está hoy?",
         "Hola $first_name:\n\n¿cómo ha estado desde su visita? Por favor, responda unas preguntas breves; son dos "
         "minutos:\n\n$link\n\nSi no sabemos de usted, le llamaremos. En una emergencia llame al 911; en una crisis, "
         "llame o escriba al 988.",
         "$site: ¿cómo está hoy? Son dos minutos: $link STOP para salir"),
    ),
    *_pair(
        "questions_due", "1",
        _Say("Some questions from $site",
         "Hello $first_name,\n\nplease tell us how you have been. Your questions are here:\n\n$link\n\n"
         "Nothing is lost when you stop in between.",
         "$site: please tell us how you have been: $link STOP to opt out"),
        _Say("Unas preguntas de $site",
         "Hola $first_name:\n\npor favor, cuéntenos cómo ha estado. Sus preguntas están aquí:\n\n$link\n\n"
         "No se pierde nada si se detiene a la mitad.",
         "$site: cuéntenos por favor cómo ha estado: $link STOP para salir"),
    ),
    *_pair(
        "integration_due", "1",
        _Say("One more visit at $site",
         "Hello $first_name,\n\nthe closing visit of your series is not booked yet. It is best within a few days. "
         "Please call us: $phone.",
         "$site: your closing visit is not booked yet. Please call $phone. STOP to opt out"),
        _Say("Una visita más en $site",
         "Hola $first_name:\n\nla visita de cierre de su serie aún no está reservada. Lo mejor es dentro de unos días. "
         "Por favor, llámenos: $phone.",
         "$site: su visita de cierre aún no está reservada. Llámenos: $phone. STOP para salir"),
    ),
    *_pair(
        "booster_due", "1",
        _Say("Your next visit at $site",
         "Hello $first_name,\n\nit is time to book your next visit at $site. Please call us: $phone.",
         "$site: it is time to book your next visit. Please call $phone. STOP to opt out"),
        _Say("Su próxima visita en $site",
         "Hola $first_name:\n\nes hora de reservar su próxima visita en $site. Por favor, llámenos: $phone.",
         "$site: es hora de reservar su próxima visita. Llámenos: $phone. STOP para salir"),
    ),
    *_pair(
        "series_summary", "1",
        _Say("A letter about your visits",
         "Hello $first_name,\n\nwe have written down for you how your series went. You can read it here:\n\n$link\n\n"
         "Any question? Call us: $phone.",
         "$site: a letter about your visits is ready: $link STOP to opt out"),
        _Say("Una carta sobre sus visitas",
         "Hola $first_name:\n\nhemos escrito para usted cómo fue su serie. Puede leerlo aquí:\n\n$link\n\n"
         "¿Alguna pregunta? Llámenos: $phone.",
         "$site: tenemos una carta sobre sus visitas: $link STOP para salir"),
    ),
    *_pair(
        "slot_offer", "1",
        _Say("A time has come free at $site",
         "Hello $first_name,\n\na time has come free at $site: $day at $time.\n"
         "Would you like it? Please answer by $until:\n\n$link\n\n"
         "Whoever answers first has it. If it does not suit you, you stay on our list. You can also call us: $phone.",
         "$site: free $day $time. Want it? $link STOP to opt out"),
        _Say("Ha quedado libre una hora en $site",
         "Hola $first_name:\n\nha quedado libre una hora en $site: $day a las $time.\n"
         "¿La quiere? Por favor, responda antes de: $until\n\n$link\n\n"
         "La recibe quien responda primero. Si no le conviene, sigue en nuestra lista. "
         "También puede llamarnos: $phone.",
         "$site: ¿quiere $day $time? $link STOP para salir"),
    ),
    *_pair(
        "slot_gone", "1",
        _Say("The time on $day is taken",
         "Hello $first_name,\n\nthe time we offered you at $site, $day at $time, is no longer free. We are sorry.\n"
         "You stay on our list, and what you have booked is unchanged.",
         "$site: sorry, $day $time is taken. You stay on our list. STOP to opt out"),
        _Say("La hora del $day ya no está libre",
         "Hola $first_name:\n\nla hora que le ofrecimos en $site, el $day a las $time, ya no está libre. "
         "Lo sentimos.\nSigue en nuestra lista, y lo que tiene reservado no cambia.",
         "$site: lo sentimos, $day $time ya no está libre. Sigue en nuestra lista. STOP para salir"),
    ),
    *_pair(
        "slot_yours", "1",
        _Say("Your visit is on $day",
         "Hello $first_name,\n\nthe time is yours: $day at $time at $site.\n"
         "Please arrange your ride. If anything comes up, call us: $phone.",
         "$site: $day $time is yours. Please arrange your ride. Call $phone. STOP to opt out"),
        _Say("Su visita es el $day",
         "Hola $first_name:\n\nla hora es suya: $day a las $time en $site.\n"
         "Por favor, organice su transporte. Si surge algo, llámenos: $phone.",
         "$site: $day $time es suya. Organice su transporte. Teléfono $phone. STOP para salir"),
    ),
    *_pair(
        "patient_link", "1",
        _Say("Some questions from $site",
         "Hello $first_name,\n\nplease answer some questions for us. You need no account and no app:\n\n$link\n\n"
         "We ask for your birth date first. The link works until $until, on your phone or computer, and it is for you "
         "alone: please don't pass it on. Nothing is lost when you stop in between.",
         "$site: some questions for you: $link STOP to opt out"),
        _Say("Unas preguntas de $site",
         "Hola $first_name:\n\npor favor, responda unas preguntas. No necesita cuenta ni aplicación:\n\n$link\n\n"
         "Primero le pedimos su fecha de nacimiento. El enlace funciona hasta el $until, en su teléfono o computadora, "
         "y es solo para usted: por favor, no lo comparta. No se pierde nada si se detiene a la mitad.",
         "$site: unas preguntas para usted: $link STOP para salir"),
    ),
    *_pair(
        "paper_link", "1",
        _Say("A paper for you from $site",
         "Hello $first_name,\n\nthe paper we spoke of is ready for you. You can read it and keep it; you need no "
         "account and no app:\n\n$link\n\n"
         "We ask for your birth date first. The link works until $until, on your phone or computer, and it is for you "
         "alone: please don't pass it on. Any question? Call us: $phone.",
         "$site: the paper we spoke of is ready: $link STOP to opt out"),
        _Say("Un documento para usted de $site",
         "Hola $first_name:\n\nel documento del que hablamos está listo. Puede leerlo y guardarlo; no necesita cuenta "
         "ni aplicación:\n\n$link\n\n"
         "Primero le pedimos su fecha de nacimiento. El enlace funciona hasta el $until, en su teléfono o computadora, "
         "y es solo para usted: por favor, no lo comparta. ¿Alguna pregunta? Llámenos: $phone.",
         "$site: el documento del que hablamos: $link STOP para salir"),
    ),
    *_pair(
        "plan_link", "1",
        _Say("Your plan from $site",
         "Hello $first_name,\n\nthe plan we made together is ready for you. You can read it, tick what is done, and "
         "write to us; you need no account and no app:\n\n$link\n\n"
         "We ask for your birth date first. The link works until $until, on your phone or computer, and it is for you "
         "alone: please don't pass it on. Any question? Call us: $phone.",
         "$site: the plan we made together: $link STOP to opt out"),
        _Say("Su plan de $site",
         "Hola $first_name:\n\nel plan que hicimos en conjunto está listo. Puede leerlo, marcar lo que ya hizo y "
         "escribirnos; no necesita cuenta ni aplicación:\n\n$link\n\n"
         "Primero le pedimos su fecha de nacimiento. El enlace funciona hasta el $until, en su teléfono o computadora, "
         "y es solo para usted: por favor, no lo comparta. ¿Alguna pregunta? Llámenos: $phone.",
         "$site: el plan que hicimos: $link STOP para salir"),
    ),
    *_pair(
        "pass_on_link", "1",
        _Say("A link to pass on",
         "Hello $first_name,\n\nyou agreed that somebody close to you may write to us. Please pass this link on to "
         "them, and to nobody else:\n\n$link\n\n"
         "They are asked for your birth date, and they see nothing of what we know about you. The link works until "
         "$until. You can take this back at any time: tell us, or call $phone.",
         "$site: the link to pass on: $link STOP to opt out"),
        _Say("Un enlace para pasar",
         "Hola $first_name:\n\nusted aceptó que una persona cercana nos escriba. Por favor, pásele este enlace a esa "
         "persona, y a nadie más:\n\n$link\n\n"
         "Se le pide la fecha de nacimiento de usted, y no ve nada de lo que sabemos de usted. El enlace funciona "
         "hasta el $until. Puede retirar su permiso en cualquier momento: díganoslo, o llame al $phone.",
         "$site: el enlace para pasar: $link STOP para salir"),
    ),
    *_pair(
        "plan_step", "1",
        _Say("Something you planned for today",
         "Hello $first_name,\n\na gentle word: you planned something for today. Your plan is here:\n\n$link\n\n"
         "If it does not fit today, that is all right. Any question? Call us: $phone.",
         "$site: you planned something for today: $link STOP to opt out"),
        _Say("Algo que planeó para hoy",
         "Hola $first_name:\n\nuna palabra amable: usted planeó algo para hoy. Su plan está aquí:\n\n$link\n\n"
         "Si hoy no puede, no pasa nada. ¿Alguna pregunta? Llámenos: $phone.",
         "$site: usted planeó algo para hoy: $link STOP para salir"),
    ),
    *_pair(
        "several", "1",
        _Say("Several things in one text", "$site: $items $link", "$site: $items. See: $link STOP to opt out"),
        _Say("Varias cosas en un mensaje", "$site: $items $link", "$site: $items. Vea: $link STOP para salir"),
    ),
)  # fmt: skip

BY_KEY = {(one.kind, one.language, one.version): one for one in ALL}
NEWEST = {(one.kind, one.language): one for one in sorted(ALL, key=lambda one: int(one.version))}
