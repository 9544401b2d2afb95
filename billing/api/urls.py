from django.urls import path

from billing.api import accounts, facts

urlpatterns = [
    path("accounts/", accounts.Accounts.as_view(), name="api-accounts"),
    path("accounts/<int:pk>/", accounts.OneAccount.as_view(), name="api-account"),
    path("bills/", facts.Bills.as_view(), name="api-bills"),
    path("bills/<int:pk>/", facts.OneBill.as_view(), name="api-bill"),
    path("payments/", facts.Payments.as_view(), name="api-payments"),
    path("payments/<int:pk>/", facts.OnePayment.as_view(), name="api-payment"),
    path("adjustments/", facts.Adjustments.as_view(), name="api-adjustments"),
    path("adjustments/<int:pk>/", facts.OneAdjustment.as_view(), name="api-adjustment"),
    path("monthly-usage/", facts.Usage.as_view(), name="api-monthly-usage"),
]
