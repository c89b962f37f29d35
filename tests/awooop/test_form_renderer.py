"""Fields are drawn as Django's own templates draw them."""

from __future__ import annotations

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.translation import gettext_lazy

from awooop.form_renderer import FormRenderer


class Every(forms.Form):
    text = forms.CharField(max_length=9, help_text="Some <b>help</b>", required=False)
    number = forms.IntegerField(min_value=1)
    email = forms.EmailField()
    hidden = forms.CharField(widget=forms.HiddenInput)
    secret = forms.CharField(widget=forms.PasswordInput)
    day = forms.DateField()
    one = forms.ChoiceField(choices=[("", "any"), ("a&b", "A & B"), ("c", gettext_lazy("Runs"))])
    grouped = forms.ChoiceField(choices=[("x", "X"), ('Group "<', [("y", "Y"), ("z", "Z")])])
    many = forms.MultipleChoiceField(choices=[("1", "One"), ("2", "Two"), ("3", "Three")])
    long = forms.CharField(widget=forms.Textarea)
    yes = forms.BooleanField()
    disabled = forms.CharField(disabled=True, initial='"quoted" <b>')


GIVEN = {
    "text": '<script>"', "number": "7", "email": "x", "hidden": "'", "secret": "s", "day": "",
    "one": "a&b", "grouped": "z", "many": ["1", "3"], "long": "<b>", "yes": "on",
}  # fmt: skip


def _squeezed(markup: str) -> str:
    return "".join(markup.split())


@pytest.mark.parametrize("data", [None, GIVEN], ids=["empty", "given"])
@pytest.mark.parametrize("name", list(Every.base_fields))
def test_a_field_is_drawn_as_django_draws_it(name, data):
    ours, theirs = (
        str(Every(data, renderer=renderer())[name]) for renderer in (FormRenderer, DjangoTemplates)
    )
    assert _squeezed(ours) == _squeezed(theirs)
