"""Accepting a complaint: the form, what stands beside it, and the number to tell the customer."""

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints.accepting import RIGHT, accepted_by, drafts_of
from complaints.entry.beside import Beside
from complaints.entry.form import ComplaintForm
from complaints.entry.saving import save, save_draft
from complaints.entry.subject import carry, subject_of
from complaints.models import Category
from customers.masking import Shown
from staff.access import may

FEW = 20  # drafts
TYPED = 60  # characters that are looked for
CARRY = "carried"  # the button by which a caller's form goes on at a customer's page; nothing is accepted by it


@require_http_methods(["GET", "HEAD", "POST"])
@may(RIGHT)
def new(request, pk=None):
    """The form, of the customer `pk` or of a caller; sent, the complaint, or what was told so far as a draft."""
    subject = subject_of(request, pk)
    carried = bool(pk) and CARRY in request.POST
    if carried:
        carry(subject, request.POST, request.user)
    sent = request.POST if request.method == "POST" and not carried else None
    lenient = sent is not None and "draft_only" in sent
    form = ComplaintForm(sent, request.FILES or None, user=request.user, subject=subject, lenient=lenient)
    if sent is not None and (made := _saved(form, request.user, save_draft if lenient else save)):
        return redirect("complaint-accepted", made.pk)
    typed = request.POST if request.method == "POST" else request.GET
    context = {"form": form, "subject": subject, "beside": _beside(request, subject), "sent": typed}
    context["drafts"] = _drafts(request)
    return render(request, "complaints/entry/new.html", context, status=200 if sent is None else 422)


def _drafts(request):
    """What the person began and did not complete, the latest first; without the one that is open."""
    if request.method == "POST":
        return []
    rows = drafts_of(request.user).select_related("category").order_by("-pk")
    return [one for one in rows[:FEW] if str(one.pk) != request.GET.get("draft")]


def _saved(form, user, keep):
    """The complaint, or None with the reasons on the form."""
    if not form.is_valid():
        return None
    try:
        return keep(form, user)
    except ValidationError as error:
        form.refuse(error)
        return None


@require_POST
@may(RIGHT)
def beside(request, pk=None):
    """What is known, while the person still types."""
    found = _beside(request, subject_of(request, pk))
    return render(request, "complaints/entry/_beside.html", {"beside": found, "subject": found.subject})


def _beside(request, subject):
    category, chosen = subject.start.get("category"), request.POST.get("category", "")
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 19:
        category = Category.objects.visible_to(request.user).filter(pk=chosen, branch=request.user.branch).first()
    started = subject.start.get("incident")
    under = request.POST.get("incident") or str(started.pk if started else "")
    number = request.POST.get("caller_number") or subject.start.get("caller_number", "")
    return Beside(request.user, subject, category, request.POST.get("ask", "")[:TYPED], under, number[:TYPED])


@require_safe
@may(RIGHT)
def accepted(request, pk):
    """What to tell the customer: the number, who has it, by when; for whoever accepted it."""
    rows = accepted_by(request.user).select_related("category", "customer__tier", "repeats", "owner", "unit")
    complaint = get_object_or_404(rows, pk=pk)
    shown = complaint.customer and Shown(complaint.customer, request.user)
    return render(request, "complaints/entry/accepted.html", {"complaint": complaint, "shown": shown})
