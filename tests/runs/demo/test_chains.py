"""Every incident of the demo has a chain that a person would agree with."""

from __future__ import annotations

import pytest
from django.test import Client

from awooop import clock, tenancy
from runs import status_chain
from runs.models import Incident
from runs.status_chain import DONE, MISSING, NOT_NEEDED, STAGES, WAITING, Chain
from tests import factories
from tests.runs.demo.conftest import MOMENT


@pytest.fixture
def chains(made) -> list[Chain]:
    with tenancy.scope(["awoooi"]), clock.set_to(MOMENT):
        incidents = list(Incident.objects.filter(project_id="awoooi"))
        return list(status_chain.of_incidents(incidents).values())


def statuses(chain: Chain) -> dict[str, str]:
    return {name: stage.status for name, stage in chain.stages.items()}


def test_each_is_whole_and_began_with_an_event(chains):
    assert len(chains) > 200
    for chain in chains:
        assert tuple(chain.stages) == STAGES
        assert (statuses(chain)["incident"], chain.stages["received"].status) == (DONE, DONE)


def test_each_ended_as_its_resolution_says(chains):
    told = {
        chain.incident_id: (chain.incident.resolution_type, statuses(chain)) for chain in chains
    }
    for incident_id, (resolution, found) in told.items():
        if resolution == "human_approved":
            assert (found["decision"], found["execution"]) == (DONE, DONE), incident_id
        elif resolution == "auto_repair":
            assert (found["decision"], found["execution"]) == (NOT_NEEDED, DONE), incident_id
        elif resolution == "timeout":
            assert (found["decision"], found["execution"]) == (MISSING, NOT_NEEDED), incident_id
        elif resolution == "alert_cleared":
            assert found["verification"] in (NOT_NEEDED, DONE), incident_id
    assert {resolution for resolution, _ in told.values()} >= {"manual", "timeout", None}


def test_what_is_over_waits_for_nothing_and_what_is_open_learns_later(chains):
    for chain in chains:
        found = statuses(chain)
        if chain.incident.resolved_at:
            assert WAITING not in found.values(), chain.incident_id
        else:
            assert found["learning"] == WAITING, chain.incident_id


def test_what_is_over_left_what_was_learned(chains):
    over = [chain for chain in chains if chain.incident.resolved_at]
    assert len(over) > 150
    for chain in over:
        assert statuses(chain)["learning"] == DONE, chain.incident_id
        assert chain.stages["learning"].evidence, chain.incident_id


def test_every_gap_of_what_is_open_has_a_next_step(chains):
    open_ones = [chain for chain in chains if not chain.incident.resolved_at]
    assert open_ones
    for chain in open_ones:
        assert chain.gaps == chain.mendable, chain.incident_id


def test_every_link_of_each_way_to_go_leads_to_what_it_names(chains, change):
    ways = {(one.incident.resolution_type, *statuses(one).values()): one for one in chains}
    assert len(ways) > 10
    client = Client()
    with clock.set_to(MOMENT):
        client.force_login(factories.user("reader@example.org", awoooi="viewer"))
    for chain in ways.values():
        for stage in chain.stages.values():
            for proof in stage.evidence:
                path, _, anchor = proof.href.partition("#")
                with clock.set_to(MOMENT):
                    answer = client.get(path)
                assert answer.status_code == 200, (chain.incident_id, proof)
                assert not anchor or f'id="{anchor}"' in answer.content.decode(), proof
