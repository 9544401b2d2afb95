from django.urls import path

from complaints.incidents import views

urlpatterns = [
    path("", views.incidents, name="incidents"),
    path("new/", views.new, name="incident-new"),
    path("<int:pk>/", views.incident, name="incident"),
    path("<int:pk>/tell/", views.tell, name="incident-tell"),
    path("<int:pk>/link/", views.link, name="incident-link"),
    path("<int:pk>/unlink/<int:complaint>/", views.unlink, name="incident-unlink"),
    path("<int:pk>/end/", views.end, name="incident-end"),
    path("<int:pk>/rest/", views.rest, name="incident-rest"),
]
