"""The product's addresses, and a panel that cannot be drawn."""

from django.urls import path

from crm.urls import *  # noqa: F403
from crm.urls import urlpatterns as served
from staff.access import may


@may("customers.view")
def bills(request, pk):
    raise ConnectionError(f"the billing system does not answer for {pk}")


urlpatterns = [path("customers/<int:pk>/bills/", bills, name="customer-panel-bills"), *served]
