from __future__ import annotations

import pytest

from governance.drift.diffs import changes_of, fingerprint_of, is_deletion

REPLICAS = {"spec.replicas": {"from": 2, "to": 3}}


def test_nested_and_flat_are_the_same():
    nested = {"spec": {"replicas": {"from": 2, "to": 3}}}
    assert changes_of(nested) == changes_of(REPLICAS) == REPLICAS


def test_a_plain_value_is_what_it_is_now():
    assert changes_of({"spec": {"paused": True}}) == {"spec.paused": {"to": True}}


def test_what_did_not_change_is_no_change():
    assert changes_of({"spec.replicas": {"from": 2, "to": 2}}) == {}


@pytest.mark.parametrize(
    "volatile",
    [
        {"metadata": {"resourceVersion": {"from": "1", "to": "2"}}},
        {"metadata.generation": {"from": 1, "to": 2}},
        {"metadata": {"managedFields": {"0": {"time": {"from": "a", "to": "b"}}}}},
        {"status": {"readyReplicas": {"from": 1, "to": 2}}},
        {"metadata": {"annotations": {"deployment.kubernetes.io/revision": {"to": "7"}}}},
        {"metadata.annotations.kubectl.kubernetes.io/last-applied-configuration": {"to": "{}"}},
    ],
)
def test_what_changes_by_itself_is_left_out(volatile):
    assert changes_of({**volatile, **REPLICAS}) == REPLICAS


def test_a_field_whose_name_only_holds_a_volatile_word_stays():
    assert changes_of({"spec.statusPage": {"to": "x"}}) == {"spec.statusPage": {"to": "x"}}


def test_the_same_drift_has_the_same_fingerprint_however_it_is_ordered():
    one = changes_of({"b": {"from": 1, "to": 2}, "a": {"from": 1, "to": 2}})
    two = changes_of({"a": {"to": 2, "from": 1}, "b": {"to": 2, "from": 1}})
    assert fingerprint_of("ns", "Deployment", "api", one) == fingerprint_of(
        "ns", "Deployment", "api", two
    )


@pytest.mark.parametrize(
    "other",
    [
        ("other", "Deployment", "api", REPLICAS),
        ("ns", "StatefulSet", "api", REPLICAS),
        ("ns", "Deployment", "web", REPLICAS),
        ("ns", "Deployment", "api", {"spec.replicas": {"from": 2, "to": 4}}),
    ],
)
def test_anything_else_has_another_fingerprint(other):
    assert fingerprint_of(*other) != fingerprint_of("ns", "Deployment", "api", REPLICAS)


def test_a_diff_has_at_most_five_hundred_fields():
    with pytest.raises(ValueError, match="500"):
        changes_of({f"f{n}": {"to": n} for n in range(501)})


def test_deletions():
    assert is_deletion({"from": 1})
    assert is_deletion({"from": 1, "to": None})
    assert not is_deletion({"to": 0})
