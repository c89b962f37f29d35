"""The session store: Django's, with its own table, a limit to idling and one that nothing extends.

A session is kept by what a person does. What a page does by itself (the refresh each 15 seconds,
which says so in a header) keeps nothing alive.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime

from awooop import queue_clock
from awooop.clock import now
from awooop.models import Project, Session, User

REFRESH_HEADER = "X-Refresh"
SIGN_IN = "sign_in"  # the key under which a session keeps how somebody signed in
_SEEN_AGAIN = timedelta(minutes=1)


class SessionStore(db.SessionStore):
    """Sessions in `awooop_session`; one that is over is as good as none."""

    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Answer our own table."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        # Django's own query compares with this machine's clock, which may be wrong.
        row = Session.objects.filter(session_key=self.session_key).first()
        # Nobody is signed out by a clock that has just jumped: it is asked for before that.
        if row is None or (row.ends_at() <= now() and row.ends_at() <= queue_clock.measured()):
            self._session_key = None
            row = None
        self.row = row
        return row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Answer the row to be saved; a save is something that a person did."""
        row = super().create_model_instance(data)
        if self.row is not None and self.row.session_key == row.session_key:
            row.pk = self.row.pk
        self.row = row
        facts = data.get(SIGN_IN) or {}
        row.expire_date = now() + timedelta(seconds=self.get_expiry_age())
        row.user_id = data.get(SESSION_KEY)
        row.ident = facts.get("ident")
        row.signed_in_at = parse_datetime(facts["at"]) if facts else None
        row.address, row.user_agent = facts.get("address"), facts.get("agent", "")
        row.method = facts.get("method", "")
        row.last_seen_at = now()
        return row


def note_seen(request: HttpRequest) -> None:
    """Keep that a person did something, to the minute; no domain's data, so a read does it, too."""
    session = getattr(request, "session", None)
    row = getattr(session, "row", None)
    if row is None or row.user_id is None or REFRESH_HEADER in request.headers:
        return
    at = now()
    if at - row.last_seen_at > _SEEN_AGAIN:
        Session.objects.filter(session_key=session.session_key).update(last_seen_at=at)


def end_those_by_one_factor(project: Project) -> None:
    """End the sessions of a project's members, and of superusers, that began without a second
    factor (call inside the project's scope)."""
    members = User.objects.filter(Q(is_superuser=True) | Q(memberships__project=project))
    Session.objects.filter(user__in=members.values("pk")).exclude(method__contains="+").delete()


def confirmed_at(request: HttpRequest) -> datetime | None:
    """Answer when the person last showed that it is them: at the sign-in, or since."""
    facts = request.session.get(SIGN_IN) or {}
    return parse_datetime(facts.get("confirmed_at", ""))


def of_user(user: User) -> QuerySet[Session]:
    """Answer the sessions that a person has open, the latest used first."""
    rows = Session.objects.filter(user=user, expire_date__gt=now()).order_by("-last_seen_at")
    over = [row.pk for row in rows if row.ends_at() <= now()]
    return rows.exclude(pk__in=over)
