from django.urls import path

from complaints.api import complaints, reference

urlpatterns = [
    path("complaints/", complaints.Complaints.as_view(), name="api-complaints"),
    path("complaints/<int:pk>/", complaints.OneComplaint.as_view(), name="api-complaint"),
    path("complaint-classes/", reference.Classes.as_view(), name="api-complaint-classes"),
    path("complaint-causes/", reference.Causes.as_view(), name="api-complaint-causes"),
    path("suggestion-topics/", reference.Topics.as_view(), name="api-suggestion-topics"),
]
