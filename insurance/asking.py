"""A page of the insurance desk that asks for one thing about a patient, does it, and goes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from clinic.errors import Invalid, Refused
from patients.models import Patient


@dataclass(frozen=True)
class Page:
    """A page that asks for one thing: its words, its button, and where it leads."""

    patient: Patient
    title: str
    button: str
    text: str = ""
    stop: bool = False
    back: str = ""

    @property
    def home(self) -> str:
        return self.back or reverse("insurance:patient", args=[self.patient.pk])


def ask(request: HttpRequest, page: Page, form: forms.Form, act: Callable[[dict[str, Any]], str]) -> HttpResponse:
    """Show the form; when it is sent, do it and go back, or say what was wrong and keep what was typed."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                messages.success(request, act(form.cleaned_data))
            except Invalid as error:
                form.refuse(error)  # type: ignore[attr-defined]
            except Refused as error:
                form.add_error(None, error.sentence)
            else:
                return redirect(page.home)
    return render(request, "insurance/ask.html", {"page": page, "patient": page.patient, "form": form}, status=status)
