"""The addresses of who one is: signing in and out, and a person's own page."""

from __future__ import annotations

from django.contrib.auth import views as auth_views
from django.urls import path

from awooop import confirm_views, profile_views, session_views, sign_in_views

urlpatterns = [
    path("login", sign_in_views.SignIn.as_view(), name="login"),
    path("logout", auth_views.LogoutView.as_view(), name="logout"),
    path("confirm", confirm_views.confirm, name="confirm"),
    path("profile", profile_views.profile, name="profile"),
    path("profile/telegram/code", profile_views.telegram_code, name="profile-telegram-code"),
    path("profile/telegram/unlink", profile_views.telegram_unlink, name="profile-telegram-unlink"),
    path("profile/sessions/end", session_views.end_others, name="profile-sessions-end"),
    path(
        "profile/sessions/<uuid:session_ident>/end", session_views.end, name="profile-session-end"
    ),
]
