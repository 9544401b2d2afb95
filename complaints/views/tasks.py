"""Tasks of my units: accepted, done, returned. Their people see what they need of the complaint, and no more."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from complaints import delegating
from complaints.forms.acts import TaskEndForm
from complaints.masked import masked_for
from complaints.models import Complaint, SubTask
from complaints.models.complaints import VIEW
from complaints.models.work import DO_TASK
from staff.access import may

PAGE, KEYS = 30, 9
SHOWN = (
    "complaint__category", "complaint__tier", "complaint__customer__unit", "complaint__branch", "unit", "made_by",
    "taken_by",
)  # fmt: skip


@require_safe
@may(DO_TASK)
def tasks(request):
    return _page(request)


def _page(request, bound=None):
    """What is to be done, soonest first; `bound` is the form that was refused: (task's id, form)."""
    rows = SubTask.objects.visible_to(request.user).done_by(request.user).open().order_by("due_at", "pk")
    rows = rows.select_related(*SHOWN).prefetch_related("complaint__attachments")
    drawn = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": drawn,
        "tasks": [_drawn(n, task, request.user, bound) for n, task in enumerate(drawn, 1)],
        "opens": _reached(request, drawn),
    }
    return render(request, "complaints/tasks.html", context, status=422 if bound else 200)


def _drawn(n, task, user, bound):
    """A task with its form and with what the customer said of it, masked as the person sees the customer.

    Of the first nine the digit accepts it, and then leads to what came of it.
    """
    shown, (pk, form) = masked_for(user, task.complaint), bound or (None, None)
    form = form if task.pk == pk else TaskEndForm(auto_id=f"task_{task.pk}_%s")
    key = str(n) if n <= KEYS else ""
    if key and task.state == task.State.ACCEPTED:
        form.fields["result"].widget.attrs |= {"data-key": key, "data-key-label": task.what, "aria-keyshortcuts": key}
    return key, task, form, shown.text(task.complaint.words), shown.place(task.complaint.place)


def _reached(request, drawn):
    """Ids of the complaints whose own page the person may open."""
    ids = [task.complaint_id for task in drawn]
    return set(Complaint.objects.visible_to(request.user).filter(pk__in=ids).values_list("pk", flat=True))


@require_POST
@may(DO_TASK)
def accept(request, pk):
    task = _task(request, pk)
    try:
        delegating.accept(task, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("complaint-tasks")


@require_POST
@may(DO_TASK)
def end(request, pk, how):
    """Done, or returned with the reason."""
    task, form = _task(request, pk), TaskEndForm(request.POST, auto_id=f"task_{pk}_%s")
    if form.is_valid():
        text = form.cleaned_data["result"]
        try:
            if how == "done":
                delegating.finish(task, by=request.user, result=text)
            else:
                delegating.give_back(task, by=request.user, reason=text)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("complaint-tasks")
    return _page(request, bound=(task.pk, form))


@require_POST
@may(VIEW)
def cancel(request, pk):
    """Whoever handles the complaint needs it no more."""
    mine = Complaint.objects.visible_to(request.user).handled_by(request.user)
    task = get_object_or_404(SubTask.objects.visible_to(request.user).filter(complaint__in=mine), pk=pk)
    try:
        delegating.cancel(task, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("complaint", task.complaint_id)


def _task(request, pk):
    rows = SubTask.objects.visible_to(request.user).done_by(request.user)
    return get_object_or_404(rows.select_related("complaint", "unit"), pk=pk)
