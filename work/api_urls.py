from django.urls import path

from work import api

urlpatterns = [
    path("notices/", api.Notices.as_view(), name="api-notices"),
    path("notices/<int:pk>/read/", api.ReadNotice.as_view(), name="api-notice-read"),
]
