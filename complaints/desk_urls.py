"""The desk's queue."""

from django.urls import path

from complaints.views import desk, presence

urlpatterns = [
    path("complaints/", desk.desk, name="complaints"),
    path("complaints/<int:pk>/next/", desk.following, name="complaint-next"),
    path("complaints/<int:pk>/here/", presence.here, name="complaint-here"),
]
