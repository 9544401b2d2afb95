from django.urls import path

from webhooks import views

urlpatterns = [
    path("", views.webhooks, name="webhooks"),
    path("new/", views.new, name="webhook-new"),
    path("<int:pk>/", views.webhook, name="webhook"),
    path("<int:pk>/pause/", views.pause, name="webhook-pause"),
    path("<int:pk>/resume/", views.resume, name="webhook-resume"),
    path("<int:pk>/withdraw/", views.withdraw, name="webhook-withdraw"),
    path("<int:pk>/secret/", views.secret, name="webhook-secret"),
    path("<int:pk>/test/", views.test, name="webhook-test"),
    path("<int:pk>/redeliver/", views.redeliver_period, name="webhook-redeliver"),
    path("<int:pk>/deliveries/<int:delivery>/", views.delivery, name="webhook-delivery"),
    path("<int:pk>/deliveries/<int:delivery>/redeliver/", views.redeliver, name="webhook-delivery-redeliver"),
]
