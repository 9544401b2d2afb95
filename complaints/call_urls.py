"""Calling back, surveys and suggestions."""

from django.urls import path

from complaints.views import callbacks, suggestions, surveys

urlpatterns = [
    path("complaints/<int:pk>/callback/", callbacks.callback, name="complaint-callback"),
    path("complaints/<int:pk>/callback/number/", callbacks.number, name="complaint-callback-number"),
    path("complaints/<int:pk>/answers/", callbacks.answers, name="complaint-answers"),
    path("suggestions/", suggestions.suggestions, name="suggestions"),
    path("suggestions/new/", suggestions.new, name="suggestion-new"),
    path("suggestions/<int:pk>/", suggestions.suggestion, name="suggestion"),
    path("suggestions/<int:pk>/decide/", suggestions.decide, name="suggestion-decide"),
    path("customers/<int:pk>/suggestions/new/", suggestions.of_customer, name="customer-suggestion"),
    path("s/<slug:token>/", surveys.survey, name="survey"),
]
