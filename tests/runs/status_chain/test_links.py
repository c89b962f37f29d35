"""Every link of a chain leads to a page that shows the thing."""

from __future__ import annotations

import pytest

from runs import status_chain
from tests.runs.status_chain import stories

pytestmark = pytest.mark.django_db
# What the page of a record says that only this record has, in the story of these tests.
SHOWN = {
    "channel_event": "disk of db1 91%",
    "incident": 'id="chain"',
    "run": "sre-agent",
    "step": "kubectl.get",
    "approval": "Restart the deployment api",
    "knowledge_entry": "Learned:",
}


# How an incident went, and the stages of its chain that rest on a record.
STORIES = {
    "the whole way": (stories.whole_way, status_chain.STAGES),
    "expired": (stories.expired, ("received", "incident", "run", "investigation", "learning")),
    "no agent": (stories.alerted, ("received", "incident")),
    "recurred": (stories.recurred, status_chain.STAGES[:7]),
    "by hand": (stories.by_hand, ("incident", "learning")),
}


@pytest.mark.parametrize(("story", "rest"), STORIES.values(), ids=STORIES)
def test_each_leads_to_a_page_that_shows_it(api, page, story, rest):
    incident_id = story(api)
    chain = status_chain.of([("awoooi", incident_id)])["awoooi", incident_id]
    seen = []
    for name, stage in chain.stages.items():
        for proof in stage.evidence:
            path, _, anchor = proof.href.partition("#")
            answer = page.get(path)
            assert answer.status_code == 200, proof
            shown = f'id="{anchor}"' if anchor else SHOWN[proof.kind]
            assert shown in answer.content.decode(), proof
            seen.append(name)
    assert set(rest) <= set(seen)


def test_records_outside_the_gateway_are_on_the_incidents_page(api, page):
    incident_id = stories.alerted(api)
    body = {"incident_id": incident_id, "mcp_server": "k8s", "tool_name": "get_pods"}
    stories.ok(api.post("/platform/mcp/legacy-records", body))
    chain = status_chain.of([("awoooi", incident_id)])["awoooi", incident_id]
    (proof,) = chain.stages["investigation"].evidence
    path, _, anchor = proof.href.partition("#")
    assert f'id="{anchor}"' in page.get(path).content.decode()
