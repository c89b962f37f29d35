"""The forms of signing in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from awooop.actions import sign_in
from awooop.errors import Refused


class ConfirmForm(forms.Form):
    """What shows that it is still the same person."""

    confirm_with = forms.CharField(
        label=_("Password or code"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autofocus": True, "autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    """A code of an app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "one-time-code"}),
    )


class KeyForm(forms.Form):
    """What a person calls a new security key."""

    name = forms.CharField(label=_("Name"), max_length=100)


class SignInForm(AuthenticationForm):
    """An address and a password; `refused` is why they were not taken."""

    username = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username"}),
    )
    refused: Refused | None = None

    def clean(self) -> dict[str, Any]:
        """Ask the action; what it refuses is an error of the whole form."""
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if email and password:
            try:
                self.user_cache = sign_in.check_password(
                    request=self.request, email=email, password=password
                )
            except Refused as refused:
                self.refused = refused
                raise ValidationError(refused.detail) from None
        return self.cleaned_data
