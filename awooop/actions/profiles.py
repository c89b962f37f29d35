"""What a person chooses for their own account."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from awooop.callers import Caller
from awooop.errors import Invalid, NotAllowed
from awooop.models import User


def set_preferences(*, by: Caller, language: str, time_zone: str) -> User:
    """Keep the language and time zone in which pages are shown; raises NotAllowed, Invalid."""
    if by.user is None:
        raise NotAllowed(_("Only a person has preferences."))
    user = by.user
    user.language, user.time_zone = language, time_zone
    try:
        user.clean_fields(exclude={f.name for f in User._meta.fields} - {"language", "time_zone"})
    except ValidationError as error:
        raise Invalid({name: " ".join(said) for name, said in error.message_dict.items()}) from None
    user.save(update_fields=["language", "time_zone"])
    return user
