from django.contrib import admin
from django.urls import include, path

from crm import health, home

urlpatterns = [
    path("", home.home, name="home"),
    path("home/more/", home.more, name="home-more"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("staff.urls")),
    path("", include("customers.urls")),
    path("", include("outreach.urls")),
    path("", include("work.urls")),
    path("", include("billing.urls")),
    path("", include("billing.counter.urls")),
    path("", include("billing.dunning.agreements.urls")),
    path("dunning/", include("billing.dunning.urls")),
    path("", include("billing.service_requests.urls")),
    path("webhooks/", include("webhooks.urls")),
    path("jobs/", include("jobs.urls")),
    path("api/v1/", include("crm.api_urls")),
    path("admin/", admin.site.urls),
]

handler400 = "crm.errors.bad_request"
handler403 = "crm.errors.forbidden"
handler404 = "crm.errors.not_found"
handler500 = "crm.errors.server_error"
