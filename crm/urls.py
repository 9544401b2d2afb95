from django.contrib import admin
from django.urls import include, path

from crm.home import home

urlpatterns = [
    path("", home, name="home"),
    path("", include("staff.urls")),
    path("", include("customers.urls")),
    path("jobs/", include("jobs.urls")),
    path("admin/", admin.site.urls),
]
