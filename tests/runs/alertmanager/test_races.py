"""Simultaneous notifications: one incident and one run, however many tell of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from awooop import tenancy
from runs.models import ChannelEvent, Incident, Run
from tests import factories
from tests.runs.alertmanager.payloads import LATER, PATH, alert, many, notification, resolved


@pytest.fixture
def key(truncatable):
    factories.project("awoooi")
    return factories.api_key("awoooi")


def at_once(key, bodies):
    """Post the bodies from as many threads at the same moment; answers what each made."""
    barrier = Barrier(len(bodies))

    def post(body):
        try:
            client = factories.ApiClient(key)
            barrier.wait(60)
            response = client.post(PATH, body)
            assert response.status_code == 202, response.content
            return response.json()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(post, bodies))


@pytest.mark.parametrize("senders", [2, 8])
def test_one_firing_group_from_many_senders_opens_one_incident(key, senders):
    made = at_once(key, [notification(*many(5))] * senders)
    assert sum(len(one["incidents_opened"]) for one in made) == 1
    assert sum(one["events"] for one in made) == 5
    assert sum(one["duplicates"] for one in made) == 5 * (senders - 1)
    with tenancy.scope(["awoooi"]):
        assert (Incident.objects.count(), Run.objects.count()) == (1, 1)
        assert Incident.objects.get().recurrence_count == 0
        assert ChannelEvent.objects.filter(is_duplicate=False).count() == 5


def test_different_members_of_one_group_recur_one_incident(key):
    made = at_once(key, [notification(alert(f"db{number}")) for number in range(8)])
    assert sum(len(one["incidents_opened"]) for one in made) == 1
    assert sum(len(one["incidents_recurred"]) for one in made) == 7
    with tenancy.scope(["awoooi"]):
        assert Incident.objects.get().recurrence_count == 7
        assert Run.objects.count() == 1


def test_one_occurrence_in_many_groups_is_stored_and_opened_once(key):
    bodies = [notification(*many(3), groupKey=f"group {number}") for number in range(8)]
    made = at_once(key, bodies)
    assert sum(one["events"] for one in made) == 3
    with tenancy.scope(["awoooi"]):
        assert (Incident.objects.count(), Run.objects.count()) == (1, 1)


def test_one_end_from_many_senders_closes_once(key):
    at_once(key, [notification()])
    made = at_once(key, [notification(resolved())] * 8)
    assert sum(len(one["incidents_resolved"]) for one in made) == 1


def test_an_end_and_the_next_start_at_once_leave_no_start_behind(key):
    at_once(key, [notification()])
    at_once(key, [notification(resolved()), notification(alert(starts_at=LATER))])
    with tenancy.scope(["awoooi"]):
        # Either the end came first, and the next start opened another incident; or the next start
        # recurred the incident, and the end, now late, left it open.
        incidents = Incident.objects.exclude(status="resolved")
        assert incidents.count() == 1
        assert incidents.get().recurrence_count + Incident.objects.count() == 2
