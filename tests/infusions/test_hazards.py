"""The hazard log names controls and tests that exist."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
LOG = (ROOT / "docs/hazards.md").read_text()
ROWS = re.findall(r"^\| (\d+) \|.*\| `([\w.]+)` \| `([\w./]+::\w+)` \|$", LOG, re.MULTILINE)


def in_the_database() -> set[str]:
    names: set[str] = set()
    for model in apps.get_models():
        names |= {each.name for each in model._meta.constraints}
        names |= {each.name for each in getattr(model._meta, "triggers", ())}
    return names


def exists(control: str) -> bool:
    if "." not in control:
        return control in in_the_database()
    parts = control.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            found = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for name in parts[cut:]:
            found = getattr(found, name, None)
        return callable(found)
    return False


def test_every_line_of_the_log_is_read() -> None:
    lines = re.findall(r"^\| \d+ \|", LOG, re.MULTILINE)
    assert [int(number) for number, _, _ in ROWS] == list(range(1, len(lines) + 1))


@pytest.mark.parametrize("control", sorted({control for _, control, _ in ROWS}))
def test_a_control_that_the_log_names_is_there(control: str) -> None:
    assert exists(control)


@pytest.mark.parametrize("test", sorted({test for _, _, test in ROWS}))
def test_a_test_that_the_log_names_is_there(test: str) -> None:
    path, name = test.split("::")
    tree = ast.parse((ROOT / path).read_text())
    assert any(isinstance(node, ast.FunctionDef) and node.name == name for node in tree.body)
