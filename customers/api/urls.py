from django.urls import path

from customers.api import customers, identifiers, imports, interactions, lines, reference

urlpatterns = [
    path("customers/", customers.Customers.as_view(), name="api-customers"),
    path("customers/search/", customers.Search.as_view(), name="api-customers-search"),
    path("customers/<int:pk>/", customers.OneCustomer.as_view(), name="api-customer"),
    path("lines/", lines.Lines.as_view(), name="api-lines"),
    path("lines/<int:pk>/", lines.OneLine.as_view(), name="api-line"),
    path("lines/<int:pk>/change-plan/", lines.ChangePlan.as_view(), name="api-line-change-plan"),
    path("identifiers/", identifiers.Identifiers.as_view(), name="api-identifiers"),
    path("identifiers/<int:pk>/", identifiers.OneIdentifier.as_view(), name="api-identifier"),
    path("identifiers/<int:pk>/end/", identifiers.EndIdentifier.as_view(), name="api-identifier-end"),
    path("interactions/", interactions.Interactions.as_view(), name="api-interactions"),
    path("interactions/bulk/", interactions.RecordMany.as_view(), name="api-interactions-bulk"),
    path("interactions/<int:pk>/", interactions.OneInteraction.as_view(), name="api-interaction"),
    path("interactions/<int:pk>/followed-up/", interactions.FollowedUp.as_view(), name="api-followed-up"),
    path("tiers/", reference.Tiers.as_view(), name="api-tiers"),
    path("plans/", reference.Plans.as_view(), name="api-plans"),
    path("reasons/", reference.Reasons.as_view(), name="api-reasons"),
    path("imports/", imports.Imports.as_view(), name="api-imports"),
    path("imports/<int:pk>/", imports.OneImport.as_view(), name="api-import"),
    path("imports/<int:pk>/check/", imports.CheckImport.as_view(), name="api-import-check"),
    path("imports/<int:pk>/commit/", imports.CommitImport.as_view(), name="api-import-commit"),
    path("imports/<int:pk>/cancel/", imports.CancelImport.as_view(), name="api-import-cancel"),
    path("imports/<int:pk>/failed-rows/", imports.FailedRows.as_view(), name="api-import-failed"),
]
