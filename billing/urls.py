from django.urls import path

from billing.views import accounts, panel, shocks, simulated

urlpatterns = [
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/count/", accounts.count, name="accounts-count"),
    path("accounts/shocks/", shocks.shocks, name="bill-shocks"),
    path("accounts/<int:pk>/", accounts.account, name="account"),
    path("billing-system/", simulated.page, name="billing-levers"),
    path("billing-system/<slug:lever>/", simulated.pull, name="billing-lever"),
    path("customers/<int:pk>/money/", panel.panel, name="customer-panel-money"),
]
