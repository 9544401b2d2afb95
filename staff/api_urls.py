from django.urls import path

from staff import api

urlpatterns = [
    path("me/", api.Me.as_view(), name="api-me"),
    path("units/", api.Units.as_view(), name="api-units"),
    path("units/<int:pk>/", api.OneUnit.as_view(), name="api-unit"),
]
