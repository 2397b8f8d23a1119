"""One’s own phrases for notes."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from clinic.access import acting_user
from clinic.errors import Invalid, Refused
from therapy import phrases
from therapy.models import NotePhrase
from therapy.note_forms import PhraseForm


@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest, pk: UUID | None = None) -> HttpResponse:
    """The list with a form for one more; with `pk`, the form changes that one."""
    user = acting_user(request)
    phrase = NotePhrase.objects.filter(owner=user, pk=pk).first() if pk else None
    if pk and phrase is None:
        raise Http404
    form = PhraseForm(request.POST or None, initial={"name": phrase.name, "text": phrase.text} if phrase else None)
    if request.method == "POST" and form.is_valid():
        try:
            phrases.keep(phrase_id=pk, by=user, **form.cleaned_data)
        except (Invalid, Refused) as error:
            form.refuse(error if isinstance(error, Invalid) else Invalid(error.sentence))
        else:
            messages.success(request, "Kept. “/” brings it while you write.")
            return redirect("therapy:phrases")
    context = {"phrases": phrases.of(user), "form": form, "changing": phrase}
    return render(request, "therapy/phrases.html", context, status=422 if form.errors else 200)


@require_POST
def forget(request: HttpRequest, pk: UUID) -> HttpResponse:
    phrases.forget(phrase_id=pk, by=acting_user(request))
    messages.success(request, "Removed.")
    return redirect("therapy:phrases")
