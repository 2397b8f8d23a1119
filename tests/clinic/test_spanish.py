"""What patients read is there in Spanish: every string, with its placeholders, and in the file that is really used."""

import ast
import re
from gettext import GNUTranslations
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
FOLDER = ROOT / "locale/es/LC_MESSAGES"
ROOMS = ("clinic", "patients", "insurance", "reminders", "visits", "infusions", "therapy", "journey")
SAID = {"gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "npgettext", "_"}
PLACE = re.compile(r"%\((\w+)\)s|{(\w+)}")


@pytest.fixture(scope="module")
def written() -> polib.POFile:
    return polib.pofile(str(FOLDER / "django.po"))


def spoken_in(code: str) -> set[str]:
    """The first string of every call of gettext."""
    calls = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call))
    return {
        call.args[0].value
        for call in calls
        if getattr(call.func, "id", getattr(call.func, "attr", "")) in SAID
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def spoken() -> set[str]:
    said: set[str] = set()
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            code = path.read_text()
            if "gettext" in code:
                said |= spoken_in(code)
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        if "i18n" in text:
            calls = re.findall(r"""\b(?:p|n|np)?gettext\((?:.|\n)*?\)(?= |$)""", templatize(text), re.MULTILINE)
            said |= {string for call in calls for string in spoken_in(_python(call))}
    return said


def _python(call: str) -> str:
    try:
        ast.parse(call)
    except SyntaxError:
        return ""
    return call


def test_every_string_that_patients_read_has_its_spanish(written):
    known = {entry.msgid for entry in written if not entry.obsolete and entry.translated()}
    assert sorted(spoken() - known) == []


def test_nothing_in_the_file_waits_for_a_translator(written):
    open_ = [entry.msgid for entry in written if not entry.obsolete and (entry.fuzzy or not entry.translated())]
    assert open_ == []


def test_a_translation_keeps_the_placeholders(written):
    wrong = []
    for entry in written:
        texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        wanted = set(PLACE.findall(entry.msgid_plural or entry.msgid))
        wrong += [entry.msgid for text in texts[-1:] if set(PLACE.findall(text)) != wanted]
    assert wrong == []


def test_what_the_house_reads_was_made_from_what_is_written(written):
    with (FOLDER / "django.mo").open("rb") as file:
        used = GNUTranslations(file)._catalog
    made = {}
    for entry in written.translated_entries():
        if entry.msgid_plural:
            made |= {(entry.msgid, number): text for number, text in entry.msgstr_plural.items()}
        else:
            made[entry.msgid if entry.msgctxt is None else f"{entry.msgctxt}\x04{entry.msgid}"] = entry.msgstr
    assert {key: text for key, text in used.items() if key != ""} == made


def test_strings_are_really_found():
    """The search above sees templates and code; were it blind, every test here would pass."""
    assert {"What is your birth date?", "This link is locked"} <= spoken()
