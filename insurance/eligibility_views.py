"""Asking payers electronically: inquiries out, answers in, and the answers that wait for a person."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import acting_user, current_site, log_read, log_reads
from clinic.documents.answer import attachment
from clinic.errors import Invalid, Refused
from clinic.models import Site, User
from clinic.policy import Action, can
from insurance import clearing, eligibility, eligibility_answers
from insurance.clearing import Condition
from insurance.eligibility import Batch, Receipt
from insurance.eligibility_forms import AnswerFileForm, AsideForm, MatchForm
from insurance.models import AnswerFile, Coverage, EligibilityAnswer, InquiryFile, Verification
from insurance.x12.segments import MOST_BYTES
from patients import search
from patients.access import allow_here, patient_or_404

SHOWN_FILES = 10
SHOWN_PLANS = 12
SHOWN_LEFT = 5
MEANINGS = {"taken": "ok", "proposed": "warn", "unmatched": "warn", "aside": "none"}


@require_http_methods(["GET", "POST"])
def electronic(request: HttpRequest) -> HttpResponse:
    """What was asked, what came, what waits. A POST takes an answer file."""
    site, user = current_site(request), acting_user(request)
    allow_here(request, site)
    form = AnswerFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        receipt = _received(request, form, site)
        if receipt:
            return redirect("insurance:answer-file", pk=receipt.file.pk)
    waiting = eligibility_answers.seen_by(user).filter(state__in=EligibilityAnswer.WAITING)
    rows = waiting.select_related("coverage__patient__site", "file")
    house = clearing.house()
    context = {
        "form": form,
        "page_obj": Paginator(rows, 25).get_page(request.GET.get("page")),
        "sent": _files(site)[:SHOWN_FILES],
        "came": _came(site)[:SHOWN_FILES],
        "due": len(eligibility.due(site)),
        "has_house": house is not None,
        "house": house.condition() if house else Condition(),
    }
    return render(request, "insurance/electronic.html", context, status=422 if request.method == "POST" else 200)


def _received(request: HttpRequest, form: AnswerFileForm, site: Site) -> Receipt | None:
    """What became of the file; if it was refused, the form says why."""
    upload = form.cleaned_data["file"]
    try:
        receipt = eligibility.receive(
            content=upload.read(MOST_BYTES + 1), name=upload.name, by=acting_user(request), site=site
        )
    except Invalid as error:
        form.refuse(error)
        return None
    if receipt.again:
        messages.info(request, "This file was taken before. Nothing was changed.")
    else:
        taken, waiting = receipt.count("taken"), receipt.count(*EligibilityAnswer.WAITING)
        messages.success(request, f"Taken: {taken} matched, {waiting} waiting for you.")
    return receipt


def _files(site: Site) -> QuerySet[InquiryFile]:
    return InquiryFile.objects.filter(site=site).select_related("made_by").annotate(
        asked=Count("inquiries"), answered=Count("inquiries", filter=Q(inquiries__answered_at__isnull=False))
    )  # fmt: skip


def _came(site: Site) -> QuerySet[AnswerFile]:
    """The files of this site, and those in which something was said of its patients."""
    mine = Q(site=site) | Q(answers__site=site) | Q(site=None, answers__site=None)
    return AnswerFile.objects.filter(pk__in=AnswerFile.objects.filter(mine).values("pk")).select_related("received_by")


@require_POST
def inquire(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask about the plan of this check: every part of it that is being checked."""
    found = Verification.objects.filter(pk=pk, patient__site__in=acting_user(request).site_ids)
    check = found.select_related("patient__site").first()
    if check is None:
        raise Http404
    patient_or_404(request, check.patient_id, what="verification")
    if check.coverage_id is None:
        raise Refused("No plan is on file for this check. Add it first: the payer finds the patient by it.")
    legs = Verification.objects.filter(coverage=check.coverage_id, state__in=Verification.OPEN)
    asked = eligibility.inquire(
        coverage_id=check.coverage_id,
        legs=list(legs.values_list("leg", flat=True)) or [check.leg],
        by=acting_user(request),
    )
    if asked.file.way == InquiryFile.Way.DROP:
        messages.success(request, f"Asked. The inquiry {asked.trace} goes out within a minute.")
        return redirect("insurance:verification", pk=pk)
    messages.success(request, f"The inquiry {asked.trace} is written. Download {asked.file} and send it to the payer.")
    return redirect("insurance:electronic")


@require_POST
def inquire_due(request: HttpRequest) -> HttpResponse:
    """Ask about everything that is due at this site."""
    site = current_site(request)
    allow_here(request, site)
    batch = eligibility.inquire_due(site=site, by=acting_user(request))
    if batch.asked:
        names = ", ".join(str(file) for file in batch.files)
        plans = "One plan is" if batch.asked == 1 else f"{batch.asked} plans are"
        messages.success(request, f"{plans} asked about: {names}.")
    elif not batch.left:
        messages.info(request, "Nothing is due that was not asked already.")
    for sentence in _not_asked(batch):
        messages.warning(request, sentence)
    return redirect("insurance:electronic")


def _not_asked(batch: Batch) -> Iterator[str]:
    """Whom nobody was asked about, a sentence for each cause, the commonest first."""
    by_cause: dict[str, list[str]] = {}
    for coverage, why in batch.left:
        by_cause.setdefault(why, []).append(coverage.patient.name)
    causes = sorted(by_cause.items(), key=lambda cause: -len(cause[1]))
    for why, names in causes[:SHOWN_LEFT]:
        more = f" and {len(names) - SHOWN_LEFT} more" if len(names) > SHOWN_LEFT else ""
        yield f"{why} Not asked about: {', '.join(names[:SHOWN_LEFT])}{more}."
    rest = sum(len(names) for _, names in causes[SHOWN_LEFT:])
    if rest:
        yield f"For other reasons not asked about: {rest} more."


@require_GET
def inquiry_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The 270 file itself."""
    file = InquiryFile.objects.filter(pk=pk, site__in=acting_user(request).site_ids).select_related("site").first()
    if file is None:
        raise Http404
    allow_here(request, file.site)
    log_reads(
        request, patient_ids=file.inquiries.values_list("coverage__patient_id", flat=True), what="inquiry to a payer"
    )
    return attachment(file.content.encode(), file.name, "application/octet-stream")


@require_GET
def answer_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What became of each answer in a file; of other sites' patients only that they are there."""
    user = acting_user(request)
    file = AnswerFile.objects.select_related("site", "received_by").filter(pk=pk).first()
    seen = eligibility_answers.seen_by(user).filter(file=pk)
    if file is None or not (file.site_id in user.site_ids or seen.exists()):
        raise Http404
    if file.site and not seen.exists():
        allow_here(request, file.site)
    rows = seen.select_related("coverage__patient__site").order_by("position")
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    told = [answer.coverage.patient_id for answer in page if answer.coverage]
    log_reads(request, patient_ids=told, what="answers of a payer")
    context = {
        "file": file,
        "page_obj": page,
        "elsewhere": file.answers.count() - rows.count(),
        "meanings": MEANINGS,
    }
    return render(request, "insurance/answer_file.html", context)


def _answer_or_404(request: HttpRequest, pk: UUID) -> EligibilityAnswer:
    """The answer, once the read is written: of its patient, or of itself while it is nobody's."""
    rows = eligibility_answers.seen_by(acting_user(request)).filter(pk=pk)
    row = rows.select_related("file", "site", "inquiry", "coverage__patient__site", "coverage__payer").first()
    if row is None:
        raise Http404
    if row.coverage and row.coverage.patient.site_id in acting_user(request).site_ids:
        patient_or_404(request, row.coverage.patient_id, what="answer of a payer")
    else:
        log_read(request, patient_id=row.pk, what="answer of a payer, not matched")
    return row


@require_GET
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One answer whole, with its segments; while it waits, whose it may be."""
    row, user = _answer_or_404(request, pk), acting_user(request)
    text = request.GET.get("q", "").strip()[:80]
    context = {
        "row": row,
        "meaning": MEANINGS[row.state],
        "waits": row.state in EligibilityAnswer.WAITING,
        "q": text,
        "plans": _plans(user, text),
        "aside": AsideForm(),
        "checks": Verification.objects.filter(benefits__answer=row).distinct(),
    }
    return render(request, "insurance/answer.html", context)


def _plans(user: User, text: str) -> list[Coverage]:
    """The plans of the people whom the text may mean, at the sites where this person verifies benefits."""
    people = [one.pk for one in search.find(user=user, text=text) if can(user, Action.VERIFY_BENEFITS, one.site)]
    plans = Coverage.objects.filter(patient__in=people, entered_in_error_at__isnull=True)
    return list(plans.select_related("patient__site", "payer").order_by("patient__search_text", "rank")[:SHOWN_PLANS])


@require_POST
def match(request: HttpRequest, pk: UUID) -> HttpResponse:
    """This answer is about the plan that was chosen."""
    row = _answer_or_404(request, pk)
    form = MatchForm(request.POST)
    if not form.is_valid():
        raise Refused("Choose the plan it is about.")
    taken = eligibility.match(answer_id=row.pk, coverage_id=form.cleaned_data["coverage"], by=acting_user(request))
    name = taken.coverage.patient.name if taken.coverage else "the patient"
    messages.success(request, f"Matched to {name}. The checks are filled.")
    return redirect("insurance:answer", pk=pk)


@require_POST
def aside(request: HttpRequest, pk: UUID) -> HttpResponse:
    """This answer is nobody's here."""
    row = _answer_or_404(request, pk)
    reason = request.POST.get("reason", "")
    try:
        eligibility.set_aside(answer_id=row.pk, reason=reason, by=acting_user(request))
    except Invalid as error:
        messages.error(request, error.sentence)
        return redirect("insurance:answer", pk=pk)
    messages.success(request, "Put aside.")
    return redirect("insurance:electronic")
