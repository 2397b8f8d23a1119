"""What is the same on every page is worked out once a process, and holds nothing of the page it was first drawn for."""

from django.template import Context, Template
from django.urls import reverse
from whitenoise.storage import CompressedManifestStaticFilesStorage

from clinic import addresses
from clinic.ids import uuid7
from clinic.static_files import KeptAddresses


def test_what_stands_in_once_is_drawn_for_the_first_page_alone(monkeypatch):
    template, asked = Template('{% once %}{% url "clinic:pin" %}{% endonce %} {{ user }}'), []
    monkeypatch.setattr("django.urls.reverse", lambda name, **_: asked.append(name) or "/pin")
    assert [template.render(Context({"user": name})) for name in ("Ada", "Bea")] == ["/pin Ada", "/pin Bea"]
    assert asked == ["clinic:pin"]


def test_nothing_of_a_page_gets_into_once():
    template = Template("{% with inner=user %}{% once %}[{{ user }}{{ inner }}]{% endonce %}{% endwith %}")
    assert template.render(Context({"user": "Ada"})) == "[]"


def test_an_address_of_a_static_file_is_worked_out_once(monkeypatch):
    asked = []
    monkeypatch.setattr(
        CompressedManifestStaticFilesStorage, "url", lambda _, name, force: asked.append(name) or f"/static/1.{name}"
    )
    kept = KeptAddresses()
    assert [kept.url(name) for name in ("a.css", "b.css", "a.css")] == [
        "/static/1.a.css", "/static/1.b.css", "/static/1.a.css",
    ]  # fmt: skip
    assert asked == ["a.css", "b.css"]


def test_an_address_is_what_django_says():
    key = uuid7()
    assert addresses.of("journey:chart", key) == reverse("journey:chart", args=[key])
    assert addresses.of("visits:book", key) == reverse("visits:book", args=[key])
    assert addresses.plain("patients:search") == reverse("patients:search")
