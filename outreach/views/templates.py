"""Templates of the branch: written, looked at with sample values, changed, taken out of use."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from outreach.forms.templates import TemplateForm, samples_of
from outreach.models import Template
from outreach.texts import PURPOSES
from outreach.versions import versions_of
from outreach.views.lookup import branch_of
from staff.access import may
from staff.scope import scope_of

RIGHT = "outreach.templates"


@require_safe
@may(RIGHT)
def templates(request):
    rows = [(one, PURPOSES[one.purpose].label) for one in _within_reach(request.user).order_by("-active", "code")]
    return render(request, "outreach/templates/list.html", {"templates": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@may(RIGHT)
def new(request):
    form = TemplateForm(request.POST or None, branch=branch_of(request.user, RIGHT))
    return _form(request, form, {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@may(RIGHT)
def template(request, pk):
    found = get_object_or_404(_within_reach(request.user), pk=pk)
    versions = versions_of(found)
    form = TemplateForm(request.POST or None, instance=found, branch=found.branch)
    return _form(request, form, {"form": form, "template": found, "versions": versions})


@require_POST
@may(RIGHT)
def preview(request):
    """Both texts with sample values, while somebody types. What is not sound yet is said in its place."""
    form = TemplateForm(request.POST, branch=branch_of(request.user, RIGHT))
    return render(request, "outreach/templates/_samples.html", _samples(form))


def _form(request, form, context):
    if request.method == "POST" and form.is_valid() and (kept := _kept(form, request.user)):
        messages.success(request, _("Saved."))
        return redirect("template", kept.pk)
    context |= _samples(form)
    return render(request, "outreach/templates/form.html", context, status=422 if request.method == "POST" else 200)


def _kept(form, user):
    try:
        return form.save(by=user)
    except ValidationError as error:
        form.add_error(None, error)
        return None


def _samples(form):
    """Of the template as the form says it is, complete or not."""
    form.is_valid()
    said = form.instance
    known = PURPOSES.get(said.purpose)
    return {"samples": samples_of(said) if known else [], "variables": known and known.variables}


def _within_reach(user):
    return Template.objects.visible_to(user).filter(branch__in=scope_of(user, RIGHT).branches)
