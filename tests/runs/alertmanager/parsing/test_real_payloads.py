"""What real senders posted is understood as they meant it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runs.alertmanager import fingerprints
from runs.alertmanager.parsing import NotUnderstood, parse
from tests.runs.alertmanager.parsing.sent import NOW

DATA = Path(__file__).resolve().parents[5] / "shared" / "data" / "alertmanager"
FILES = sorted(DATA.rglob("*.json"))
needs_data = pytest.mark.skipif(not FILES, reason="the public payloads are not here")


def read(name):
    return parse((DATA / name).read_bytes(), now=NOW)


@needs_data
@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_every_public_payload_is_understood(path):
    raw = json.loads(path.read_bytes())
    notification = parse(path.read_bytes(), now=NOW)
    assert len(notification.alerts) == len(raw["alerts"])
    assert notification.group_key
    assert notification.title
    for one in notification.alerts:
        assert one.starts_at_known


@needs_data
def test_the_public_body_that_is_no_json_is_refused():
    with pytest.raises(NotUnderstood):
        read("20_invalid_json.txt")


CAPTURED = [
    "16_upstream_v034_default.json",
    "17_utf8_label_names.json",
    "18_mixed_kube_with_runbook_urls.json",
]


@needs_data
@pytest.mark.parametrize(
    "name", [*CAPTURED, *(f"real/{path.name}" for path in DATA.glob("real/*.json"))]
)
def test_our_fingerprints_are_those_that_an_alertmanager_sent(name):
    for one in read(name).alerts:
        assert not one.fingerprint_computed
        assert fingerprints.of_labels(one.labels) == one.fingerprint


@needs_data
@pytest.mark.parametrize("path", sorted(DATA.glob("real/*.json")), ids=lambda path: path.stem)
def test_our_group_keys_are_those_that_an_alertmanager_sent(path):
    raw = json.loads(path.read_bytes())
    sent = raw.pop("groupKey")
    assert parse(json.dumps(raw), now=NOW).group_key == sent


@needs_data
def test_real_firing_and_resolved_are_one_occurrence_of_one_group():
    for first, last in [
        ("real/firing.json", "real/resolved.json"),
        ("02_firing_nanosecond_offset.json", "03_resolved_nanosecond_offset.json"),
        ("12_grouped_three_regex_groupkey.json", "13_resolved_zero_endsat.json"),
    ]:
        fires, over = read(first), read(last)
        assert fires.group_key == over.group_key
        assert [o.occurrence_id for o in fires.occurrences] == [
            o.occurrence_id for o in over.occurrences
        ]
        assert (fires.is_firing, fires.is_resolved) == (True, False)
        assert (over.is_firing, over.is_resolved) == (False, True)


@needs_data
@pytest.mark.parametrize(
    "name", ["real/mixed_partly_resolved.json", "18_mixed_kube_with_runbook_urls.json"]
)
def test_a_real_group_partly_over_still_fires(name):
    notification = read(name)
    assert {one.status for one in notification.alerts} == {"firing", "resolved"}
    assert notification.is_firing
    assert not notification.is_resolved


@needs_data
def test_the_public_payloads_quirks_are_read_as_meant():
    assert read("10_huge_annotation_v3.json").group_key == "43434343434343434343"
    shared = read("05_mixed_firing_resolved_shared_fingerprint.json")
    assert (len(shared.alerts), len(shared.occurrences), shared.is_firing) == (4, 1, True)
    assert len(read("07_resolved_two_no_group_fields.json").occurrences) == 1
    assert read("08_missing_alertname_and_status.json").is_resolved
    assert read("09_missing_fingerprint.json").alerts[0].fingerprint_computed
    assert len(read("11_unicode_many_alerts_no_status.json").occurrences) == 11
    assert read("14_truncated_two.json").truncated_alerts == 2
