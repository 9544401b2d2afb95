from django.urls import path

from work.api import follow_ups, notices

urlpatterns = [
    path("follow-ups/", follow_ups.FollowUps.as_view(), name="api-follow-ups"),
    path("follow-ups/<int:pk>/", follow_ups.OneFollowUp.as_view(), name="api-follow-up"),
    path("follow-ups/<int:pk>/attempt/", follow_ups.AttemptFollowUp.as_view(), name="api-follow-up-attempt"),
    path("follow-ups/<int:pk>/note/", follow_ups.NoteFollowUp.as_view(), name="api-follow-up-note"),
    path("follow-ups/<int:pk>/reschedule/", follow_ups.RescheduleFollowUp.as_view(), name="api-follow-up-reschedule"),
    path("follow-ups/<int:pk>/hand-over/", follow_ups.HandOverFollowUp.as_view(), name="api-follow-up-hand-over"),
    path("follow-ups/<int:pk>/cancel/", follow_ups.CancelFollowUp.as_view(), name="api-follow-up-cancel"),
    path("notices/", notices.Notices.as_view(), name="api-notices"),
    path("notices/<int:pk>/read/", notices.ReadNotice.as_view(), name="api-notice-read"),
]
