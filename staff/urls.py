from django.urls import path

from staff import session_views, views

urlpatterns = [
    path("login/", views.sign_in, name="login"),
    path("login/again/", session_views.again, name="login-again"),
    path("logout/", views.sign_out, name="logout"),
    path("profile/", views.profile, name="profile"),
    path("preferences/", views.preferences, name="preferences"),
]
