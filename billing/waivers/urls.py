from django.urls import path

from billing.waivers import views

urlpatterns = [
    path("accounts/<int:pk>/waive-late-fee/", views.waive, name="waive-late-fee"),
    path("late-fee-waivers/", views.waivers, name="waivers"),
    path("late-fee-waivers/<int:pk>/", views.waiver, name="waiver"),
    path("late-fee-waivers/<int:pk>/approve/", views.approve, name="waiver-approve"),
    path("late-fee-waivers/<int:pk>/refuse/", views.refuse, name="waiver-refuse"),
    path("late-fee-waivers/<int:pk>/withdraw/", views.withdraw, name="waiver-withdraw"),
]
