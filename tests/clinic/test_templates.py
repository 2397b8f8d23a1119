"""Rules that hold for every template: small, no inline style or script, and no name that leads nowhere."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import TemplateDoesNotExist, TemplateSyntaxError, engines

ROOT = Path(settings.BASE_DIR)
FOLDER = ROOT / "templates"
TEXTS = {str(path.relative_to(FOLDER)): path.read_text() for path in sorted(FOLDER.rglob("*.html"))}
ICONS = set(re.findall(r'<symbol id="i-([\w-]+)"', (ROOT / "static/icons.svg").read_text()))


def found(pattern: str) -> dict[str, list[str]]:
    """Every template in which the pattern occurs, with what it caught."""
    return {name: hits for name, text in TEXTS.items() if (hits := re.findall(pattern, text))}


def problem_with(name: str) -> str:
    try:
        engines["django"].get_template(name)
    except (TemplateDoesNotExist, TemplateSyntaxError) as error:
        return str(error)
    return ""


def test_every_template_is_understood():
    assert TEXTS
    assert {name: text for name in TEXTS if (text := problem_with(name))} == {}


def test_every_template_is_small():
    assert {name: lines for name, text in TEXTS.items() if (lines := len(text.splitlines())) > 120} == {}


def test_no_template_has_an_inline_style_or_script():
    assert found(r"""\sstyle=|<style|\son[a-z]+=["']|hx-on|javascript:|<script(?![^>]*\bsrc=)""") == {}


def test_every_icon_that_is_named_exists():
    named = found(r"""{% icon ["']([\w-]+)["']""")
    assert {name: missing for name, icons in named.items() if (missing := set(icons) - ICONS)} == {}


def test_every_template_that_is_included_or_extended_exists():
    named = {other for others in found(r"""{% (?:include|extends) ["']([^"'#]+)""").values() for other in others}
    assert {name: text for name in named if (text := problem_with(name))} == {}


def test_no_moment_is_shown_in_the_zone_of_the_server():
    """`{{ moment|date:"H:i" }}` would show UTC; `{% local %}` and `{% moment %}` take the site."""
    assert found(r'\|(?:date|time):"(?!c")[^"]*"') == {}


def test_no_title_names_a_patient():
    """A title stays readable in the history of the browser after signing out."""
    assert found(r"{% block title %}[^\n]*patient\.[^\n]*") == {}


@pytest.mark.parametrize("status", ["400", "403", "404", "409", "500", "503"])
def test_an_error_page_stands_alone(status):
    """It is drawn when nothing else may work: no request, no user, no database."""
    page = engines["django"].get_template(f"{status}.html").render()
    assert "Go to your home page" in page
    assert "<h1>" in page


def test_every_style_sheet_is_loaded():
    loaded = {sheet for sheets in found(r'static "css/([\w-]+\.css)"').values() for sheet in sheets}
    assert loaded == {path.name for path in (ROOT / "static/css").glob("*.css")}
