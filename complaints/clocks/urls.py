from django.urls import path

from complaints.clocks import views

urlpatterns = [
    path("", views.policies, name="complaint-policies"),
    path("<int:pk>/", views.policy, name="complaint-policy"),
    path("<int:pk>/count/", views.count, name="complaint-policy-count"),
]
