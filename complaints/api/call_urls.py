from django.urls import path

from complaints.api import suggestions

urlpatterns = [
    path("suggestions/", suggestions.Suggestions.as_view(), name="api-suggestions"),
    path("suggestions/<int:pk>/", suggestions.OneSuggestion.as_view(), name="api-suggestion"),
    path("suggestions/<int:pk>/decide/", suggestions.DecideSuggestion.as_view(), name="api-suggestion-decide"),
    path("callback-answers/", suggestions.CallbackAnswers.as_view(), name="api-callback-answers"),
]
