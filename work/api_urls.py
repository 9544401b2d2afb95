from django.urls import path

from work import api

urlpatterns = [
    path("follow-ups/", api.FollowUps.as_view(), name="api-follow-ups"),
    path("follow-ups/<int:pk>/", api.OneFollowUp.as_view(), name="api-follow-up"),
    path("follow-ups/<int:pk>/attempt/", api.AttemptFollowUp.as_view(), name="api-follow-up-attempt"),
    path("follow-ups/<int:pk>/note/", api.NoteFollowUp.as_view(), name="api-follow-up-note"),
    path("follow-ups/<int:pk>/reschedule/", api.RescheduleFollowUp.as_view(), name="api-follow-up-reschedule"),
    path("follow-ups/<int:pk>/hand-over/", api.HandOverFollowUp.as_view(), name="api-follow-up-hand-over"),
    path("follow-ups/<int:pk>/cancel/", api.CancelFollowUp.as_view(), name="api-follow-up-cancel"),
]
