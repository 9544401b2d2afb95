from django.contrib import admin
from django.urls import include, path

from crm import health, home

urlpatterns = [
    path("", home.home, name="home"),
    path("home/more/", home.more, name="home-more"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("staff.urls")),
    path("views/", include("staff.saved_views.urls")),
    path("", include("customers.urls")),
    path("", include("outreach.urls")),
    path("", include("work.urls")),
    path("", include("billing.urls")),
    path("", include("billing.counter.urls")),
    path("", include("billing.dunning.agreements.urls")),
    path("", include("billing.waivers.urls")),
    path("complaints/policies/", include("complaints.clocks.urls")),
    path("complaints/incidents/", include("complaints.incidents.urls")),
    path("complaints/figures/", include("complaints.figures.urls")),
    path("complaints/", include("complaints.appeals.urls")),
    path("", include("complaints.classing.urls")),
    path("dunning/", include("billing.dunning.urls")),
    path("", include("billing.service_requests.urls")),
    path("", include("complaints.call_urls")),
    path("", include("complaints.desk_urls")),
    path("", include("complaints.entry.urls")),
    path("complaints/", include("complaints.urls")),
    path("webhooks/", include("webhooks.urls")),
    path("jobs/", include("jobs.urls")),
    path("bulk/", include("jobs.bulk.urls")),
    path("api/v1/", include("crm.api_urls")),
    path("admin/", admin.site.urls),
]

handler400 = "crm.errors.bad_request"
handler403 = "crm.errors.forbidden"
handler404 = "crm.errors.not_found"
handler500 = "crm.errors.server_error"
