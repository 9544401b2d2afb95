from django.urls import path

from billing.dunning.views import arranging, cases, comparison, days, recovery, scenarios

urlpatterns = [
    path("", cases.cases, name="dunning"),
    path("figures/", cases.stand, name="dunning-figures"),
    path("proof/", cases.proof, name="dunning-proof"),
    path("cases/<int:pk>/", cases.case, name="dunning-case"),
    path("dry-run/", days.dry, name="dunning-dry-run"),
    path("dry-run/anew/", days.foresee, name="dunning-foresee"),
    path("dry-run/names/", days.people, name="dunning-people"),
    path("run/", days.run_now, name="dunning-run"),
    path("runs/<int:pk>/", days.ran, name="dunning-ran"),
    path("recovery/", recovery.recovery, name="dunning-recovery"),
    path("recovery/cases/", recovery.cases, name="dunning-recovered"),
    path("compare/", comparison.compare, name="dunning-compare"),
    path("compared/<int:pk>/", comparison.compared, name="dunning-compared"),
    path("scenarios/", scenarios.scenarios, name="scenarios"),
    path("scenarios/new/", arranging.new, name="scenario-new"),
    path("scenarios/<int:pk>/settings/", arranging.settings, name="scenario-settings"),
    path("scenarios/<int:pk>/", scenarios.scenario, name="scenario"),
    path("scenarios/<int:pk>/edit/", scenarios.edit, name="scenario-edit"),
]
