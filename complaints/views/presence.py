"""Who has a complaint open."""

from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from complaints.models import Complaint
from complaints.models.complaints import VIEW
from staff.access import may
from staff.presence_pages import told


@require_POST
@may(VIEW)
def here(request, pk):
    return told(request, get_object_or_404(Complaint.objects.visible_to(request.user).only("pk"), pk=pk))
