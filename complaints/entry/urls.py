from django.urls import path

from complaints.entry import views

urlpatterns = [
    path("customers/<int:pk>/complaint/", views.new, name="customer-complaint"),
    path("customers/<int:pk>/complaint/beside/", views.beside, name="customer-complaint-beside"),
    path("complaints/new/", views.new, name="complaint-new"),
    path("complaints/new/beside/", views.beside, name="complaint-beside"),
    path("complaints/<int:pk>/accepted/", views.accepted, name="complaint-accepted"),
]
