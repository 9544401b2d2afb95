from django.contrib import admin
from django.urls import include, path

from crm import health
from crm.home import home

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", home, name="home"),
    path("", include("staff.urls")),
    path("", include("customers.urls")),
    path("jobs/", include("jobs.urls")),
    path("admin/", admin.site.urls),
]
