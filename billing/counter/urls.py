from django.urls import path

from billing.counter.views import payments, reversals, shifts

urlpatterns = [
    path("customers/<int:pk>/pay/", payments.pay, name="pay"),
    path("receipts/<int:pk>/", payments.receipt, name="receipt"),
    path("receipts/<int:pk>/take-back/", reversals.ask, name="reversal-ask"),
    path("reversals/<int:pk>/", reversals.reversal, name="reversal"),
    path("reversals/<int:pk>/approve/", reversals.approve, name="reversal-approve"),
    path("reversals/<int:pk>/refuse/", reversals.refuse, name="reversal-refuse"),
    path("reversals/<int:pk>/withdraw/", reversals.withdraw, name="reversal-withdraw"),
    path("shifts/", shifts.shifts, name="shifts"),
    path("shifts/open/", shifts.open_shift, name="shift-open"),
    path("shifts/<int:pk>/", shifts.shift, name="shift"),
    path("shifts/<int:pk>/count/", shifts.count, name="shift-count"),
    path("shifts/<int:pk>/sign/", shifts.sign, name="shift-sign"),
]
