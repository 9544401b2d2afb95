from django.urls import path

from billing.service_requests import views

urlpatterns = [
    path("requests/", views.service_requests, name="service-requests"),
    path("requests/<int:pk>/", views.service_request, name="service-request"),
    path("requests/<int:pk>/withdraw/", views.withdraw, name="service-request-withdraw"),
    path("lines/<int:pk>/restore/", views.restore, name="line-restore"),
    path("frozen-numbers/<int:pk>/reclaim/", views.reclaim, name="number-reclaim"),
]
