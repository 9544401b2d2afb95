from django.urls import path

from complaints.appeals import views

urlpatterns = [
    path("appeals/", views.appeals, name="appeals"),
    path("appeals/<int:pk>/", views.appeal, name="appeal"),
    path("appeals/<int:pk>/answer/", views.answer, name="appeal-answer"),
    path("appeals/<int:pk>/settle/", views.settle, name="appeal-settle"),
    path("appeals/<int:pk>/close/", views.close, name="appeal-close"),
    path("<int:pk>/appeal/", views.new, name="appeal-new"),
    path("<int:pk>/evidence/", views.bundle, name="complaint-evidence"),
]
