"""The second door: the same operations and the same reach as the pages, for programs."""

from django.urls import include, path

from crm.api import Docs, Schema

urlpatterns = [
    path("schema/", Schema.as_view(), name="api-schema"),
    path("docs/", Docs.as_view(), name="api-docs"),
    path("", include("staff.api_urls")),
    path("", include("jobs.api_urls")),
    path("", include("customers.api.urls")),
]
