from django.urls import path

from billing.api import accounts, facts, lines, requests, reversals

urlpatterns = [
    path("accounts/", accounts.Accounts.as_view(), name="api-accounts"),
    path("accounts/<int:pk>/", accounts.OneAccount.as_view(), name="api-account"),
    path("bills/", facts.Bills.as_view(), name="api-bills"),
    path("bills/<int:pk>/", facts.OneBill.as_view(), name="api-bill"),
    path("payments/", facts.Payments.as_view(), name="api-payments"),
    path("payments/<int:pk>/", facts.OnePayment.as_view(), name="api-payment"),
    path("payment-reversals/", reversals.PaymentReversals.as_view(), name="api-payment-reversals"),
    path("adjustments/", facts.Adjustments.as_view(), name="api-adjustments"),
    path("adjustments/<int:pk>/", facts.OneAdjustment.as_view(), name="api-adjustment"),
    path("monthly-usage/", facts.Usage.as_view(), name="api-monthly-usage"),
    path("lines/<int:pk>/status/", lines.LineStatus.as_view(), name="api-line-status"),
    path("service-requests/", requests.ServiceRequests.as_view(), name="api-service-requests"),
    path("service-requests/<int:pk>/", requests.OneServiceRequest.as_view(), name="api-service-request"),
    path(
        "service-requests/<int:pk>/accept/",
        requests.AcceptServiceRequest.as_view(),
        name="api-service-request-accept",
    ),
    path(
        "service-requests/<int:pk>/confirm/",
        requests.ConfirmServiceRequest.as_view(),
        name="api-service-request-confirm",
    ),
    path(
        "service-requests/<int:pk>/refuse/",
        requests.RefuseServiceRequest.as_view(),
        name="api-service-request-refuse",
    ),
]
