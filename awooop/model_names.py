"""Names of models and fields that Django derives from the code, made translatable.

A field's label is its name with spaces where nobody wrote another; written out as marked strings
they would only repeat the code, hundreds of times. `scripts.messages` extracts what stands here.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Field, Model
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

OURS = ("awooop", "governance", "runs", "knowledge")
LIBRARY = ("django_q.Schedule",)
_found: set[str] = set()


def derived() -> set[str]:
    """Answer each derived name, in English; and those of a library's tables that the administration
    shows and the library itself has no Chinese for."""
    with translation.override("en"):
        return _found | {
            str(name) for model in LIBRARY for name in _names(apps.get_model(model)) if name
        }


def _names(model: type[Model]) -> Iterator[str | Promise]:
    yield from (model._meta.verbose_name, model._meta.verbose_name_plural)
    for field in model._meta.local_fields:
        yield from (field.verbose_name, field.help_text)
        yield from (label for _value, label in field.choices or ())


def make_translatable() -> None:
    """Have each derived name looked up in the reader's language; once, when all models are in."""
    for model in _models():
        for field in _unnamed(model):
            field.verbose_name = _marked(str(field.verbose_name))
        meta = model._meta
        name, plural = meta.verbose_name, meta.verbose_name_plural
        if not isinstance(meta.original_attrs.get("verbose_name"), Promise):
            meta.verbose_name = _marked(str(name))
        if not isinstance(meta.original_attrs.get("verbose_name_plural"), Promise):
            meta.verbose_name_plural = _marked(str(plural))


def _marked(name: str) -> Promise:
    _found.add(name)
    return gettext_lazy(name)


def _models() -> Iterator[type[Model]]:
    for label in OURS:
        yield from apps.get_app_config(label).get_models()


def _unnamed(model: type[Model]) -> Iterator[Field]:
    """Fields without a name of their own; migrations look at that one, so nothing changes there."""
    for field in model._meta.local_fields + model._meta.local_many_to_many:
        if field._verbose_name is None:
            yield field
