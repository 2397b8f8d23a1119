"""Pure rules of what a text to us says: stop, start, help, a word of self-harm, or something for somebody to read.

The law counts STOP and its like, and “any reasonable means” besides (47 CFR 64.1200(a)(10); protocol 7.3). So a
sentence that clearly asks for no more messages stops them too; one that may mean something else goes to a person. The
words of self-harm only decide who reads it, and how soon: nothing is concluded from them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

STOP = frozenset({
    "stop", "stopall", "quit", "end", "revoke", "optout", "cancel", "unsubscribe", "arret", "arretez", "parar", "pare",
    "alto", "baja", "salir", "basta",
})  # fmt: skip
START = frozenset({"start", "unstop", "alta"})
HELP = frozenset({"help", "info", "ayuda"})
# What people write around such a word without meaning anything else by it.
COURTESY = frozenset({
    "please", "pls", "plz", "thanks", "thank", "you", "thx", "now", "ok", "okay", "hi", "hello", "hey", "the", "all",
    "it", "this", "that", "por", "favor", "gracias", "hola", "ya",
})  # fmt: skip

_MESSAGES = r"(?:text|texts|texting|txt|txts|message|messages|messaging|sms|msg|msgs|reminder|reminders)"
_MENSAJES = r"(?:mensaje|mensajes|texto|textos|sms|recordatorios)"
_NO_MORE = re.compile(
    "|".join((
        rf"\b(?:stop|quit|cease) (?:\w+ ){{0,3}}{_MESSAGES}\b",
        r"\bstop (?:contacting|writing|bothering)\b",
        r"\b(?:dont|do not|never) (?:ever )?(?:text|message|sms|contact|write)(?: to)? (?:me|us|this)\b",
        rf"\b(?:dont|do not|never) send (?:me |us )?(?:\w+ ){{0,2}}{_MESSAGES}\b",
        rf"\b(?:dont|do not) want (?:to (?:get|receive|have) )?(?:\w+ ){{0,2}}{_MESSAGES}\b",
        rf"\bno more (?:\w+ ){{0,2}}{_MESSAGES}\b",
        r"\b(?:unsubscribe me|opt me out|(?:want to|let me|id like to|would like to) opt out)\b",
        r"\b(?:take me off|remove me|remove my number|leave me alone)\b",
        r"\b(?:deje|dejen|deja|dejar|pare|paren) de (?:mandar|enviar|escribir|textear|mensajear)\w*",
        r"\bno (?:me |nos )(?:mande|manden|envie|envien|escriba|escriban|textee|texteen)\b",
        rf"\bno (?:quiero|deseo) (?:recibir )?(?:mas )?(?:sus )?{_MENSAJES}\b",
        rf"\bno mas {_MENSAJES}\b",
    ))
)  # fmt: skip
_NOT_STOP = re.compile(r"\b(?:dont|do not|never|wont|please keep) (?:ever )?(?:stop|quit|end|cancel|unsubscribe)\b")
_WRONG = re.compile(r"\b(?:wrong (?:number|person)|numero equivocado|equivocado de numero)\b")
_SELF_HARM = re.compile(
    "|".join((
        r"\bsuicid\w*",
        r"\b(?:kill|hurt|harm|cut|cutting|killing|hurting|harming) (?:myself|my self)\b",
        r"\b(?:end|ending|take|taking) my (?:own )?life\b",
        r"\b(?:want|wanna|wants|going|ready|rather|wish to|like) (?:to )?(?:die|be dead)\b",
        r"\bwish i (?:was|were) dead\b",
        r"\b(?:dont|do not) (?:want to |wanna )(?:live|wake up|be alive|be here|go on|exist)\b",
        r"\b(?:cant|cannot) (?:live|go on) (?:anymore|any more|any longer|like this|without)\b",
        r"\bno reason to (?:live|be alive|go on)\b",
        r"\bbetter off (?:dead|without me)\b",
        r"\bend it all\b",
        r"\boverdos\w*",
        r"\b(?:quiero|voy a|ganas de) (?:morir|morirme|matarme|lastimarme)\b",
        r"\b(?:me quiero (?:morir|matar)|matarme|quitarme la vida|hacerme dano|no quiero (?:vivir|seguir viviendo))\b",
        r"\bsobredosis\b",
    ))
)  # fmt: skip

_FEARED = re.compile(
    "|".join((
        r"\b(?:kill|hurt|harm|cut|killing|hurting|harming|cutting) (?:him|her|them|it)(?:self|selves)\b",
        r"\b(?:end|ending|take|taking) (?:his|her|their) (?:own )?li(?:fe|ves)\b",
        r"\b(?:doesnt|does not) (?:want to |wanna )(?:live|wake up|be alive|be here|go on|exist)\b",
        r"\bwish(?:es|ed)? (?:he|she|they) (?:was|were) dead\b",
        r"\b(?:quiere|va a|ganas de) (?:morir|morirse|matarse|lastimarse)\b",
        r"\b(?:se quiere (?:morir|matar)|matarse|quitarse la vida|hacerse dano|no quiere (?:vivir|seguir viviendo))\b",
    ))
)  # fmt: skip


@dataclass(frozen=True)
class Meaning:
    """What a text asks for. `urgent` goes to a nurse at once, `wrong` says that somebody else has the number."""

    word: str
    """“stop”, “start”, “help”, or nothing."""
    urgent: bool = False
    wrong: bool = False

    @property
    def needs_reading(self) -> bool:
        return not self.word and not self.urgent


def read(text: str) -> Meaning:
    """What a text says, in any case, with any punctuation, in English or Spanish."""
    plain = plainly(text)
    wrong = bool(_WRONG.search(plain))
    return Meaning(word="stop" if wrong else _word(plain), urgent=bool(_SELF_HARM.search(plain)), wrong=wrong)


def fears_for(text: str) -> bool:
    """Whether somebody writes that another person may harm themselves, or writes so of themselves."""
    plain = plainly(text)
    return bool(_FEARED.search(plain) or _SELF_HARM.search(plain))


def _word(plain: str) -> str:
    words = [word for word in plain.split() if word not in COURTESY] or plain.split()
    for said, meant in ((STOP, "stop"), (START, "start"), (HELP, "help")):
        if words and (all(word in said for word in words) or "".join(words) in said):
            return meant
    return "stop" if _NO_MORE.search(plain) and not _NOT_STOP.search(plain) else ""


def plainly(text: str) -> str:
    """Lower case, without accents, apostrophes and punctuation, one space between words."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(part for part in bare if not unicodedata.combining(part))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", re.sub(r"['’‘`´]", "", bare)).split())
