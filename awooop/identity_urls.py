"""The addresses of who one is: signing in and out, and a person's own page."""

from __future__ import annotations

from django.contrib.auth import views as auth_views
from django.urls import path

from awooop import (
    confirm_views,
    password_views,
    profile_views,
    second_factor_views,
    second_step_views,
    session_views,
    sign_in_views,
    single_sign_on_views,
)

urlpatterns = [
    path("login", sign_in_views.SignIn.as_view(), name="login"),
    path("login/second-factor", second_step_views.second_step, name="login-second-factor"),
    path("login/sso", single_sign_on_views.begin, name="sso"),
    path("login/sso/callback", single_sign_on_views.callback, name="sso-callback"),
    path("logout", auth_views.LogoutView.as_view(), name="logout"),
    path("confirm", confirm_views.confirm, name="confirm"),
    path("profile", profile_views.profile, name="profile"),
    path("profile/telegram/code", profile_views.telegram_code, name="profile-telegram-code"),
    path("profile/telegram/unlink", profile_views.telegram_unlink, name="profile-telegram-unlink"),
    path("profile/second-factor", second_factor_views.overview, name="second-factor"),
    path("profile/second-factor/app", second_factor_views.add_app, name="second-factor-app"),
    path(
        "profile/second-factor/app/remove",
        second_factor_views.remove_app,
        name="second-factor-app-remove",
    ),
    path("profile/second-factor/key", second_factor_views.add_key, name="second-factor-key"),
    path(
        "profile/second-factor/key/<int:key_id>/remove",
        second_factor_views.remove_key,
        name="second-factor-key-remove",
    ),
    path(
        "profile/second-factor/recovery-codes",
        second_factor_views.recovery_codes,
        name="second-factor-recovery",
    ),
    path("profile/password", password_views.change, name="profile-password"),
    path("profile/sessions/end", session_views.end_others, name="profile-sessions-end"),
    path(
        "profile/sessions/<uuid:session_ident>/end", session_views.end, name="profile-session-end"
    ),
]
