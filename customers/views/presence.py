"""Who has a customer's page open."""

from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from customers.models import Customer
from staff.access import may
from staff.presence_pages import told


@require_POST
@may("customers.view")
def here(request, pk):
    return told(request, get_object_or_404(Customer.objects.visible_to(request.user).only("pk"), pk=pk))
