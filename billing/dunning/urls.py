from django.urls import path

from billing.dunning.views import scenarios

urlpatterns = [
    path("scenarios/", scenarios.scenarios, name="scenarios"),
    path("scenarios/<int:pk>/", scenarios.scenario, name="scenario"),
    path("scenarios/<int:pk>/edit/", scenarios.edit, name="scenario-edit"),
]
