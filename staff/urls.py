from django.urls import path

from staff import absence_pages, session_views, token_pages, views

urlpatterns = [
    path("login/", views.sign_in, name="login"),
    path("login/again/", session_views.again, name="login-again"),
    path("logout/", views.sign_out, name="logout"),
    path("profile/", views.profile, name="profile"),
    path("profile/tokens/", token_pages.tokens, name="tokens"),
    path("profile/tokens/<int:pk>/withdraw/", token_pages.withdraw, name="token-withdraw"),
    path("profile/absence/", absence_pages.own, name="own-absence"),
    path("absences/", absence_pages.absences, name="absences"),
    path("absences/<int:pk>/end/", absence_pages.end, name="absence-end"),
    path("absences/<int:pk>/deputy/", absence_pages.deputy, name="absence-deputy"),
    path("preferences/", views.preferences, name="preferences"),
]
