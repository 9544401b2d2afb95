from django.urls import path

from outreach.api import consents, messages, templates

urlpatterns = [
    path("messages/", messages.Messages.as_view(), name="api-messages"),
    path("messages/<int:pk>/", messages.OneMessage.as_view(), name="api-message"),
    path("messages/<int:pk>/cancel/", messages.CancelMessage.as_view(), name="api-message-cancel"),
    path("templates/", templates.Templates.as_view(), name="api-templates"),
    path("templates/<int:pk>/", templates.OneTemplate.as_view(), name="api-template"),
    path("customers/<int:pk>/consents/", consents.Consents.as_view(), name="api-consents"),
]
