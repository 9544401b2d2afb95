from django.urls import path

from outreach.views import consent, control, inbound, incoming, message, outbox, panel, phones, templates, writing

urlpatterns = [
    path("messages/", outbox.messages, name="messages"),
    path("messages/find/", outbox.find, name="messages-find"),
    path("messages/<int:pk>/", message.message, name="message"),
    path("messages/<int:pk>/decide/", message.decide, name="message-decide"),
    path("messages/inbound/", inbound.inbound, name="inbound"),
    path("messages/inbound/<int:pk>/customer/", inbound.put_to, name="inbound-put-to"),
    path("messages/templates/", templates.templates, name="templates"),
    path("messages/templates/new/", templates.new, name="template-new"),
    path("messages/templates/preview/", templates.preview, name="template-preview"),
    path("messages/templates/<int:pk>/", templates.template, name="template"),
    path("messages/halts/", control.halts, name="halts"),
    path("messages/halts/<int:pk>/lift/", control.lift, name="halt-lift"),
    path("messages/waves/", control.waves, name="waves"),
    path("messages/waves/<int:pk>/release/", control.release, name="wave-release"),
    path("messages/waves/<int:pk>/cancel/", control.cancel, name="wave-cancel"),
    path("customers/<int:pk>/messages/", panel.panel, name="customer-panel-messages"),
    path("customers/<int:pk>/messages/write/", writing.write, name="message-write"),
    path("customers/<int:pk>/messages/write/fields/", writing.fields, name="message-fields"),
    path("customers/<int:pk>/messages/write/preview/", writing.preview, name="message-preview"),
    path("customers/<int:pk>/consent/", consent.consent, name="customer-consent"),
    path("customers/<int:pk>/contact-preference/", consent.preference, name="customer-preference"),
    path("gateways/<slug:name>/reports/", incoming.report, name="gateway-reports"),
    path("gateways/<slug:name>/inbound/", incoming.letter, name="gateway-inbound"),
    path("phones/", phones.phones, name="phones"),
    path("phones/levers/", phones.levers, name="phone-levers"),
    path("phones/<int:pk>/", phones.phone, name="phone"),
    path("phones/<int:pk>/screen/", phones.screen, name="phone-screen"),
    path("phones/<int:pk>/reply/", phones.reply, name="phone-reply"),
]
