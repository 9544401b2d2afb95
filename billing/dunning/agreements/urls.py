from django.urls import path

from billing.dunning.agreements.views import exemptions, holds, promises

urlpatterns = [
    path("accounts/<int:pk>/promise/", promises.promise, name="promise-to-pay"),
    path("promises-to-pay/", promises.payment_promises, name="payment-promises"),
    path("promises-to-pay/<int:pk>/", promises.payment_promise, name="payment-promise"),
    path("promises-to-pay/<int:pk>/withdraw/", promises.withdraw, name="payment-promise-withdraw"),
    path("bills/<int:pk>/dispute/", holds.dispute, name="dispute"),
    path("accounts/<int:pk>/stop-dunning/", holds.stop, name="stop-dunning"),
    path("holds/<int:pk>/", holds.hold, name="hold"),
    path("holds/<int:pk>/end/", holds.end, name="hold-end"),
    path("customers/<int:pk>/exempt-line/", exemptions.ask, name="exempt-line"),
    path("exempt-lines/", exemptions.exemptions, name="exemptions"),
    path("exempt-lines/<int:pk>/", exemptions.exemption, name="exemption"),
    path("exempt-lines/<int:pk>/approve/", exemptions.approve, name="exemption-approve"),
    path("exempt-lines/<int:pk>/refuse/", exemptions.refuse, name="exemption-refuse"),
    path("exempt-lines/<int:pk>/end/", exemptions.end, name="exemption-end"),
]
