"""What a text to us is answered: one text, of at most 160 characters, in the language of the patient."""

from __future__ import annotations

from string import Template as Words

from clinic.models import Site
from patients import phones
from reminders import text_rules, wordings
from reminders.templates import in_text

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "stop": "$site: you get no more texts from us. Text START to get them again. Questions? Call $phone.",
        "stop_urgent": "$site: you get no more texts. We were told what you wrote, and will call. "
        "Don't wait: call or text 988 now, in danger call 911.",
        "start": "$site: you get our texts again. Rates may apply. Text STOP to end them, HELP for help. Tel. $phone.",
        "ask_first": "$site: before we text you, please call us, so that we can ask you properly: $phone.",
        "help": "$site: texts about your visits. Call $phone. Rates may apply. STOP ends them. "
        "In danger? Call 911, or call or text 988.",
        "urgent": "$site: we were told of your text and will call you. Don't wait: call or text 988 now, "
        "in danger call 911.",
        "free": "$site: thank you, we read this in our opening hours. Urgent? Call $phone. In danger? Call 911 or 988.",
    },
    "es": {
        "stop": "$site: ya no le enviaremos mensajes. Responda ALTA para recibirlos otra vez. Tel. $phone.",
        "stop_urgent": "$site: ya no le enviaremos mensajes. Nos avisaron de lo que dijo y le llamaremos. "
        "No espere: llame al 988, en peligro al 911.",
        "start": "$site: le enviaremos mensajes otra vez. Pueden aplicarse tarifas. Responda ALTO para terminar. "
        "Tel. $phone.",
        "ask_first": "$site: antes de enviarle mensajes tenemos que hablar con usted. Llame al $phone.",
        "help": "$site: mensajes sobre sus citas. Tel. $phone. Pueden aplicarse tarifas. ALTO los termina. "
        "En peligro: 911 o 988.",
        "urgent": "$site: nos avisaron de su mensaje y le llamaremos. No espere: llame al 988 ya, en peligro al 911.",
        "free": "$site: gracias, lo leeremos en nuestro horario. Si es urgente: $phone. En peligro: 911 o 988.",
    },
}


def answer(kind: str, *, site: Site, language: str) -> str:
    tongue = wordings.language_of(language)
    values = {"site": wordings.sender(site, tongue), "phone": phones.shown(site.phone)}
    return text_rules.nearest(Words(WORDS[tongue][kind]).substitute(in_text(values)))
