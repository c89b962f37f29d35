"""A person has shown not long ago that it is them: what a decision of weight asks for.

At a sign-in, or since on the page `/confirm` or beside a decision. It is asked of people: an API
key is its own proof each time, and acts for a program that has no second thoughts to give.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Refused


class NotConfirmed(Refused):
    """It is too long ago that this person showed that it is them."""

    status = 403
    code = "confirmation_needed"


def is_recent(by: Caller) -> bool:
    """Whether it is recent enough; so for whoever is not a person, and where nothing is asked."""
    minutes = settings.CONFIRM_MINUTES
    if by.user is None or not minutes:
        return True
    return by.confirmed_at is not None and now() - by.confirmed_at <= timedelta(minutes=minutes)


def check_recent(by: Caller) -> None:
    """Raise NotConfirmed where it is not recent enough."""
    if not is_recent(by):
        raise NotConfirmed(_("Confirm first that it is you: with your password or a code."))
