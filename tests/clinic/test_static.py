"""What lies in static/: vendored files are those their packages shipped, and every file that is named exists."""

import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings

STATIC = Path(settings.BASE_DIR) / "static"
SUMS = dict(reversed(line.split("  ")) for line in (STATIC / "vendor/SHA256SUMS").read_text().splitlines())
SHEETS = sorted((STATIC / "css").glob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))


@pytest.mark.parametrize("name", SUMS)
def test_a_vendored_file_is_the_one_that_was_published(name):
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == SUMS[name]


def test_every_vendored_file_has_its_hash():
    kept = {"vendor/SHA256SUMS", "vendor/README.md"}
    found = {str(path.relative_to(STATIC)) for folder in ("vendor", "fonts") for path in (STATIC / folder).rglob("*.*")}
    assert found - kept == set(SUMS) - kept


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_a_style_sheet_uses_only_tokens_that_exist(sheet):
    named = set(re.findall(r"var\((--[\w-]+)", sheet.read_text()))
    defined = {name for path in SHEETS for name in re.findall(r"(--[\w-]+)\s*:", path.read_text())}
    bootstraps = {name for name in named if name.startswith("--bs-")}
    assert named - bootstraps <= defined


@pytest.mark.parametrize("sheet", [s for s in SHEETS if s.name != "tokens.css"], ids=lambda path: path.name)
def test_colors_are_written_in_the_tokens_alone(sheet):
    text = re.sub(r"::backdrop \{[^}]*\}|\.ek-qr \{[^}]*\}", "", sheet.read_text())  # a QR code must lie on white
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb\(", text)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_keeps_nothing_in_the_browser_and_evaluates_nothing(script):
    """But store.js, which seals what it keeps with a key that only the server hands out (and a test reads the disk)."""
    code = re.sub(r"//.*", "", script.read_text())
    if script.name == "store.js":
        code = code.replace("indexedDB.open(NAME, 1)", "")
    assert not re.findall(
        r"localStorage|sessionStorage|indexedDB|\beval\(|new Function|document\.write|\.style\b", code
    )


def test_every_module_that_is_imported_exists():
    for script in SCRIPTS:
        for name in re.findall(r'from "\./([\w.]+)"|import "\./([\w.]+)"', script.read_text()):
            assert (STATIC / "js" / "".join(name)).is_file(), f"{script.name} imports {name}"


def test_every_class_that_the_pages_of_therapy_name_has_a_rule():
    """Without its rule the lines of a signed note would run into one."""
    pages = (Path(settings.BASE_DIR) / "templates/therapy").rglob("*.html")
    named = {
        name
        for page in pages
        for words in re.findall(r'class="([^"]*)"', page.read_text())
        for name in re.findall(r"(?<![\w-])(ek-[a-z0-9-]+)(?![\w{-])", words)
    }
    ruled = {name for sheet in SHEETS for name in re.findall(r"\.(ek-[\w-]+)", sheet.read_text())}
    assert named - ruled == set()
