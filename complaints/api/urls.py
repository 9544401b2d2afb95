from django.urls import path

from complaints.api import complaints

urlpatterns = [
    path("complaints/", complaints.Complaints.as_view(), name="api-complaints"),
    path("complaints/<int:pk>/", complaints.OneComplaint.as_view(), name="api-complaint"),
]
