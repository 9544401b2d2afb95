from django.urls import path

from outreach.views import incoming, phones

urlpatterns = [
    path("gateways/<slug:name>/reports/", incoming.report, name="gateway-reports"),
    path("gateways/<slug:name>/inbound/", incoming.letter, name="gateway-inbound"),
    path("phones/", phones.phones, name="phones"),
    path("phones/levers/", phones.levers, name="phone-levers"),
    path("phones/<int:pk>/", phones.phone, name="phone"),
    path("phones/<int:pk>/screen/", phones.screen, name="phone-screen"),
    path("phones/<int:pk>/reply/", phones.reply, name="phone-reply"),
]
