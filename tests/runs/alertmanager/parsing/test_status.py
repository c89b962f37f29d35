"""What fires and what is over."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from awooop import clock
from runs.alertmanager.parsing import parse
from tests.runs.alertmanager.parsing.sent import START, alert, parsed, payload


@pytest.mark.parametrize(
    ("own", "group", "ends_at", "expected"),
    [
        ("firing", "resolved", START, "firing"),
        ("resolved", "firing", None, "resolved"),
        ("RESOLVED ", "firing", None, "resolved"),
        (..., "resolved", None, "resolved"),
        (None, "firing", START, "firing"),
        ("suppressed", "firing", START, "firing"),
        (..., ..., START, "resolved"),
        (..., ..., "2026-11-20T12:00:00Z", "resolved"),
        (..., ..., "2026-11-20T12:00:01Z", "firing"),
        (..., ..., "0001-01-01T00:00:00Z", "firing"),
        (..., ..., ..., "firing"),
        (3, ["x"], {}, "firing"),
    ],
)
def test_a_status_is_the_alert_s_own_then_the_group_s_then_told_by_its_end(
    own, group, ends_at, expected
):
    notification = parsed(alert(status=own, endsAt=ends_at), status=group)
    assert notification.alerts[0].status == expected


def test_the_clock_tells_what_is_over_where_no_time_is_given():
    body = payload(alert(status=..., endsAt=START), status=...)
    with clock.set_to(datetime(2026, 11, 20, 9, tzinfo=UTC)):
        assert parse(body).alerts[0].status == "firing"
    with clock.set_to(datetime(2026, 11, 20, 11, tzinfo=UTC)):
        assert parse(body).alerts[0].status == "resolved"


@pytest.mark.parametrize(
    ("group", "own", "is_firing", "is_resolved"),
    [
        ("firing", ["firing", "resolved"], True, False),
        ("resolved", ["resolved", "resolved"], False, True),
        (..., ["resolved", "resolved"], False, True),
        (..., ["firing", "resolved"], True, False),
        ("resolved", ["firing", "resolved"], True, False),
        ("firing", ["resolved", "resolved"], False, False),  # what still fires was cut off the list
    ],
)
def test_a_group_is_over_when_it_says_so_and_no_alert_fires(group, own, is_firing, is_resolved):
    alerts = [alert(status=status, labels={"n": str(n)}) for n, status in enumerate(own)]
    notification = parsed(*alerts, status=group)
    assert (notification.is_firing, notification.is_resolved) == (is_firing, is_resolved)
