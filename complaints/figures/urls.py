from django.urls import path

from complaints.figures import views

urlpatterns = [
    path("", views.figures, name="complaint-figures"),
    path("list/", views.listed, name="complaint-figures-list"),
    path("rules-of-thumb/", views.thumb, name="complaint-figures-thumb"),
]
