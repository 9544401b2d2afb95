"""Macros: applied on a complaint's page, and kept by those who lead."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints import acts, macros
from complaints.forms.macros import MacroForm
from complaints.models import Macro
from complaints.models.complaints import LEAD, VIEW
from complaints.views.complaint import complaint_of, kept, page
from jobs.forms import key_of
from staff.access import may


@require_POST
@may(VIEW)
def apply(request, pk, macro):
    """All of it, or nothing with the reason said; then the next of the list where the macro says so."""
    one = complaint_of(request, pk, acts.handles)
    chosen = get_object_or_404(Macro.objects.visible_to(request.user).filter(branch=one.branch_id), pk=macro)
    edition, key = request.POST.get("edition", ""), key_of(request.POST)
    try:
        if not edition.isdecimal() or not key:
            raise ValidationError(_("The page was out of date. Please try again."))
        macros.apply(one, chosen, by=request.user, key=f"macro:{chosen.pk}:{key}", edition=int(edition[:9]))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return page(request, complaint_of(request, pk), bound=("macro", None))
    messages.success(request, _("“%(macro)s” was applied.") % {"macro": chosen})
    if chosen.then_next and "next" in request.GET:
        return redirect(f"{reverse('complaint-next', args=[pk])}?{request.GET['next']}")
    return redirect(reverse("complaint", args=[pk]) + kept(request))


@require_safe
@may(LEAD)
def macro_list(request):
    rows = Macro.objects.visible_to(request.user).select_related("unit").order_by("-active", "unit__path", "name")
    mine = set(Macro.objects.visible_to(request.user).kept_by(request.user).values_list("pk", flat=True))
    return render(request, "complaints/macros/list.html", {"macros": [(one, one.pk in mine) for one in rows]})


@require_http_methods(["GET", "HEAD", "POST"])
@may(LEAD)
def new(request):
    return _form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@may(LEAD)
def edit(request, pk):
    rows = Macro.objects.visible_to(request.user).kept_by(request.user)
    return _form(request, get_object_or_404(rows.select_related("unit"), pk=pk))


def _form(request, macro):
    form = MacroForm(request.POST or None, user=request.user, instance=macro)
    if request.method == "POST" and form.is_valid():
        try:
            form.instance.keep(by=request.user, version=form.cleaned_data["version"])
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("complaint-macros")
    context = {"form": form, "macro": macro}
    return render(request, "complaints/macros/form.html", context, status=422 if form.errors else 200)
