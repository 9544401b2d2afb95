from django.urls import path

from staff import session_views, token_pages, views

urlpatterns = [
    path("login/", views.sign_in, name="login"),
    path("login/again/", session_views.again, name="login-again"),
    path("logout/", views.sign_out, name="logout"),
    path("profile/", views.profile, name="profile"),
    path("profile/tokens/", token_pages.tokens, name="tokens"),
    path("profile/tokens/<int:pk>/withdraw/", token_pages.withdraw, name="token-withdraw"),
    path("preferences/", views.preferences, name="preferences"),
]
