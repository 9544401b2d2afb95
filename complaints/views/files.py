"""Files of a complaint: for whoever sees it, and for the department that does a part of it."""

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from complaints.models import Attachment, SubTask
from complaints.models.complaints import VIEW
from complaints.models.work import DO_TASK
from staff.access import may


@require_safe
@may(VIEW)
def of_complaint(request, pk, file):
    return _sent(get_object_or_404(Attachment.objects.visible_to(request.user), pk=file, complaint=pk))


@require_safe
@may(DO_TASK)
def of_task(request, pk, file):
    """As long as the task is to be done."""
    tasks = SubTask.objects.visible_to(request.user).done_by(request.user).open()
    task = get_object_or_404(tasks.select_related("complaint"), pk=pk)
    return _sent(get_object_or_404(task.complaint.attachments, pk=file))


def _sent(kept):
    """To be kept and not shown: whatever is in it, it does not run in this page."""
    try:
        opened = kept.opened()
    except FileNotFoundError:
        raise Http404 from None
    answer = FileResponse(opened, as_attachment=True, filename=kept.name, content_type=kept.kind)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
