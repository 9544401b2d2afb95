from django.urls import path

from outreach.views import incoming

urlpatterns = [
    path("gateways/<slug:name>/reports/", incoming.report, name="gateway-reports"),
    path("gateways/<slug:name>/inbound/", incoming.letter, name="gateway-inbound"),
]
