"""Where what runs differed from what is declared."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from governance.drift.diffs import changes_of, fingerprint_of
from governance.models import DriftFingerprint, DriftState
from runs.demo.catalogue import people
from runs.demo.chapter import Chapter
from runs.demo.world import World

_S = DriftState


class _Told(NamedTuple):
    namespace: str
    kind: str
    resource: str
    state: str
    first: float
    last: float
    occurrences: int
    diff: dict[str, Any]
    next_step: str
    pr: int = 0


def _changed(path: str, before: Any, after: Any) -> dict[str, Any]:
    return {path: {"from": before, "to": after}}


_DRIFTS = (
    _Told("shop-staging", "Deployment", "search-api", _S.DETECTED, 0.3, 0.05, 2,
          _changed("spec.replicas", 2, 3), "Adopt it, or set the replicas back."),
    _Told("shop-production", "Deployment", "checkout", _S.DETECTED, 1.2, 0.1, 5,
          _changed("spec.template.spec.containers.0.image", "checkout:2.40.9", "checkout:2.41.0"),
          "A person decides: an image changed in production."),
    _Told("shop-production", "ConfigMap", "payment-routes", _S.PR_OPEN, 2.1, 0.4, 4,
          _changed("data.timeout_ms", "800", "1200"), "Merge the pull request.", 1841),
    _Told("shop-production", "NetworkPolicy", "allow-metrics", _S.HANDED_OFF, 6.4, 0.6, 9,
          _changed("spec.ingress.0.from", ["monitoring"], None), "Its owner decides."),
    _Told("shop-staging", "HorizontalPodAutoscaler", "catalog", _S.ADOPTED, 11.0, 10.8, 3,
          _changed("spec.maxReplicas", 6, 8), ""),
    _Told("shop-production", "Service", "ingress-internal", _S.ZERO_DIFF, 15.5, 13.2, 2,
          _changed("spec.sessionAffinity", "None", "ClientIP"), ""),
    _Told("platform", "CronJob", "nightly-vacuum", _S.RESOLVED, 22.0, 21.7, 1,
          _changed("spec.schedule", "0 3 * * *", "30 3 * * *"), ""),
)  # fmt: skip


def write(world: World, chapter: Chapter) -> None:
    """Tell of a drift in each state."""
    for told in _DRIFTS:
        changes = changes_of(told.diff)
        last = world.now - timedelta(days=told.last)
        is_recent = told.last < 1
        chapter.add(
            DriftFingerprint(
                id=world.uuid("drift"),
                project_id=world.project_id,
                namespace=told.namespace,
                fingerprint=fingerprint_of(told.namespace, told.kind, told.resource, changes),
                resource=told.resource,
                kind=told.kind,
                state=told.state,
                occurrences=told.occurrences,
                recent_sightings=[last.isoformat()] if is_recent else [],
                first_seen_at=world.now - timedelta(days=told.first),
                last_seen_at=last,
                diff=changes,
                pr_url=f"https://git.awoooi.example/shop/pull/{told.pr}" if told.pr else "",
                next_step=told.next_step,
                owner=people.EMAILS[3] if told.state == _S.HANDED_OFF else "",
            )
        )
