"""The second door: the same operations and the same reach as the pages, for programs."""

from django.urls import include, path

from crm.api import Schema, docs, nowhere

urlpatterns = [
    path("schema/", Schema.as_view(), name="api-schema"),
    path("docs/", docs, name="api-docs"),
    path("", include("staff.api_urls")),
    path("", include("jobs.api_urls")),
    path("", include("customers.api.urls")),
    path("", include("work.api_urls")),
    path("", include("outreach.api.urls")),
    path("", include("billing.api.urls")),
    path("", include("complaints.api.urls")),
    path("", include("complaints.api.call_urls")),
    path("", include("complaints.api.life_urls")),
    path("<path:rest>", nowhere, name="api-nowhere"),
]
