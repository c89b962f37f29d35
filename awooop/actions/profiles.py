"""What a person chooses for their own account."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from awooop.callers import Caller
from awooop.errors import Invalid, NotAllowed
from awooop.models import User


def set_language(*, by: Caller, language: str) -> User:
    """Keep the language of a person's pages, '' as the browser asks; raises NotAllowed, Invalid."""
    return _kept(by, language=language)


def set_preferences(*, by: Caller, language: str, time_zone: str) -> User:
    """Keep the language and time zone in which pages are shown; raises NotAllowed, Invalid."""
    return _kept(by, language=language, time_zone=time_zone)


def _kept(by: Caller, **chosen: str) -> User:
    if by.user is None:
        raise NotAllowed(_("Only a person has preferences."))
    user = by.user
    for name, value in chosen.items():
        setattr(user, name, value)
    try:
        user.clean_fields(exclude={field.name for field in User._meta.fields} - set(chosen))
    except ValidationError as error:
        raise Invalid({name: " ".join(said) for name, said in error.message_dict.items()}) from None
    user.save(update_fields=list(chosen))
    return user
