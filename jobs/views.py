"""The pages of the clockwork, and the fragment that shows a run's progress."""

from contextlib import contextmanager
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from jobs import overview, registry, switches
from jobs.access import needs
from jobs.forms import StartForm
from jobs.models import Run, Switch


@require_safe
@needs("jobs.view")
def jobs(request):
    return render(request, "jobs/jobs.html", {"lines": overview.lines(request.user)})


@require_safe
@needs("jobs.view")
def job(request, name):
    return _job_page(request, job_or_404(name))


def _job_page(request, job, status=200):
    before = request.GET.get("before", "")
    runs, more = overview.runs_of(job, request.user, int(before) if before.isdecimal() and len(before) < 19 else None)
    context = {
        "job": job,
        "switch": Switch.objects.visible_to(request.user).filter(job=job.name).select_related("changed_by").first(),
        "runs": runs,
        "more": more,
        "skipped": overview.skipped_slots(job, request.user),
        "key": uuid4(),
        "may_control": request.user.has_perm("jobs.control"),
    }
    return render(request, "jobs/job.html", context, status=status)


@require_POST
@needs("jobs.control")
def start(request, name):
    job = job_or_404(name)
    form = StartForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The page was out of date. Please try again."))
        return _job_page(request, job, status=422)
    with refusals_shown(request):
        return redirect("run", switches.start(job.name, key=form.cleaned_data["key"], by=request.user).pk)
    return redirect("job", name)


@require_POST
@needs("jobs.control")
def pause(request, name):
    with refusals_shown(request):
        switches.pause(job_or_404(name).name, by=request.user)
    return redirect("job", name)


@require_POST
@needs("jobs.control")
def resume(request, name):
    with refusals_shown(request):
        switches.resume(job_or_404(name).name, by=request.user)
    return redirect("job", name)


@require_safe
def run(request, pk):
    return render(request, "jobs/run.html", _run_context(request, pk))


@require_safe
def run_progress(request, pk):
    """The polled fragment; the answer that shows the end sends the event `run-ended` to the page."""
    context = _run_context(request, pk)
    response = render(request, "jobs/_progress.html", context)
    return response if context["run"].is_open else trigger_client_event(response, "run-ended", {"run": pk})


@require_POST
def cancel(request, pk):
    run = _controlled_run(request, pk)
    with refusals_shown(request):
        run.cancel(by=request.user)
    return redirect("run", pk)


@require_POST
def retry(request, pk):
    run = _controlled_run(request, pk)
    with refusals_shown(request):
        run.retry(by=request.user)
    return redirect("run", pk)


def job_or_404(name):
    found = registry.find(name)
    if found is None:
        raise Http404
    return found


def _visible_run(request, pk):
    return get_object_or_404(Run.objects.visible_to(request.user).select_related("asked_by"), pk=pk)


def _controlled_run(request, pk):
    run = _visible_run(request, pk)
    if not run.controllable_by(request.user):
        raise PermissionDenied
    return run


def _run_context(request, pk):
    run = _visible_run(request, pk)
    return {
        "run": run,
        "may_control": run.controllable_by(request.user),
        "may_see_job": request.user.has_perm("jobs.view"),
    }


@contextmanager
def refusals_shown(request):
    """What an operation refuses is said on the next page."""
    try:
        yield
    except ValidationError as refusal:
        for text in refusal.messages:
            messages.error(request, text)
