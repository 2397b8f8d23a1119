"""The task list: what waits for whom, and what came of it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import acting_user, current_site, log_read
from clinic.counting import Pages
from clinic.errors import DomainError, Invalid, NotPermitted, Refused
from clinic.models import User
from clinic.policy import GRANTS, Action, Role, can
from reminders import followups, kinds, task_lists, task_rows
from reminders.models import FollowUp
from reminders.task_forms import OutcomeForm
from reminders.task_lists import Wish

PAGE, AT_ONCE = 25, 50
MOST = 1000
"""Ended tasks are turned over no further than this: who looks for an older one narrows the list."""
FIRST = "First: somebody may need help"
WHOSE = (
    ("", "All"),
    (task_lists.MINE, "Mine"),
    (task_lists.FREE, "Nobody’s yet"),
    (task_lists.COLLEAGUES, "With colleagues"),
)


@require_GET
def tasks(request: HttpRequest) -> HttpResponse:
    """One list a person: what is late first, by role or mine, by kind or patient; or what was ended."""
    user, site = acting_user(request), current_site(request)
    wish = Wish.of(request.GET.dict())
    waiting = task_lists.counted(user, site, wish)
    found = task_lists.found(user, site, wish)
    grave = list(found.filter(task_lists.grave())[:PAGE]) if waiting.grave and not wish.ended else []
    total = found[:MOST].count() if wish.ended else waiting.fitting - len(grave)
    rest = task_lists.listed(user, site, wish, apart=grave)
    page = Pages(rest, PAGE, total=total).get_page(request.GET.get("page"))
    first = [(FIRST, grave)] if grave and page.number == 1 else []
    parts = [("", list(page))] if wish.ended else first + task_lists.in_parts(page, site)
    context = {
        "page_obj": page,
        "parts": [(name, task_rows.written(tasks, user=user, site=site)) for name, tasks in parts],
        "site": site,
        "narrow": _narrow(request.GET),
        "wish": wish,
        "whose": WHOSE,
        "roles": sorted(user.roles_at(site)),
        "kinds": waiting.kinds,
        "colleagues": task_lists.colleagues(user, site),
    }
    return render(request, "reminders/tasks.html", context)


def _narrow(asked: QueryDict) -> str:
    """The address of this list that a patient's id makes the list of that patient alone."""
    kept = asked.copy()
    for name in ("page", "patient"):
        kept.pop(name, None)
    return f"?{kept.urlencode()}&patient=" if kept else "?patient="


@require_http_methods(["GET", "POST"])
def task(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One task: what is to be done, and what came of it."""
    user = acting_user(request)
    found = (
        FollowUp.objects.select_related("site", "patient", "owner", "ended_by")
        .filter(pk=pk, site_id__in=user.site_ids)
        .first()
    )
    if found is None:
        raise Http404
    own, known = task_lists.is_own(found, user), kinds.of(found.kind)
    if not own and found.owner_role in GRANTS[Action.SEE_CHART] and not can(user, Action.SEE_CHART, found.site):
        raise NotPermitted(f"This task belongs to the {Role(found.owner_role).label.lower()}. Ask them to see to it.")
    form = OutcomeForm(request.POST or None, choices=known.choices(tuple(found.outcomes)))
    if request.method == "POST" and form.is_valid():
        try:
            ended = followups.done(task_id=pk, by=user, **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        else:
            _say(request, ended)
            return redirect("reminders:tasks")
    if found.patient_id:
        log_read(request, patient_id=found.patient_id, what="task")
    context = {
        "task": found,
        "known": known,
        "form": form if form.fields["outcome"].choices else None,  # type: ignore[attr-defined]
        "own": own,
        "steps": found.steps.select_related("by") if own else [],
        "colleagues": task_lists.colleagues(user, found.site) if own else [],
        "numbers": _numbers(found) if own and found.state == FollowUp.State.OPEN else [],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "reminders/task.html", context, status=status)


def _say(request: HttpRequest, ended: FollowUp) -> None:
    if ended.state == FollowUp.State.OPEN:
        again = ended.site.local(ended.due_at)
        messages.info(request, f"Nobody was reached. {ended.title}: again at {again:%H:%M}.")
    else:
        messages.success(request, f"Done: {ended.title}.")


def _numbers(found: FollowUp) -> list[tuple[str, str]]:
    """Whom to call and where, so that nobody looks them up: the patient, or those who stand by them."""
    patient = found.patient
    if patient is None:
        return []
    if found.kind == "emergency_contact":
        contacts = patient.contacts.filter(kind="emergency", is_active=True).exclude(phone="")
        return [(f"{contact.name}, {contact.relation}".strip(", "), contact.phone) for contact in contacts]
    return [(patient.name, patient.phone)] if kinds.of(found.kind).is_call and patient.phone else []


@require_POST
def take(request: HttpRequest, pk: UUID) -> HttpResponse:
    followups.take(task_id=pk, by=acting_user(request))
    return redirect("reminders:task", pk=pk)


@require_POST
def hand_over(request: HttpRequest) -> HttpResponse:
    """Give one task, or several of the list, to a colleague, to oneself, or back to the role."""
    user = acting_user(request)
    wanted = [UUID(each) for each in request.POST.getlist("task")[:AT_ONCE] if task_lists.is_id(each)]
    to_id = request.POST.get("to", "")
    to = User.objects.filter(pk=to_id).first() if task_lists.is_id(to_id) else None
    try:
        if not wanted:
            raise Refused("Tick the tasks first, then choose who takes them.")
        if to_id and to is None:
            raise Refused("Choose a colleague from the list.")
        given = followups.hand_over_all(task_ids=wanted, to=to, by=user)
    except DomainError as error:
        messages.error(request, f"Nothing was handed over. {error}")
    else:
        whose = "yours" if to == user else f"with {to.full_name}" if to else "back with the role"
        messages.success(request, f"{len(given)} task{'' if len(given) == 1 else 's'}: {whose} now.")
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    return redirect(back if safe else "reminders:tasks")
