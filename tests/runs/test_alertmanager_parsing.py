"""What real senders post to the Alertmanager webhook is understood; what cannot be is refused."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awooop import clock
from runs.alertmanager import fingerprints, times, wording
from runs.alertmanager.parsing import NotUnderstood, parse

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "alertmanager"
FILES = sorted(DATA.rglob("*.json"))
needs_data = pytest.mark.skipif(not FILES, reason="the public payloads are not here")

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
START = "2026-11-20T10:00:00Z"


def alert(**changes):
    given = {
        "status": "firing",
        "labels": {"alertname": "DiskFull", "instance": "db1", "severity": "critical"},
        "annotations": {"summary": "disk 91%"},
        "startsAt": START,
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus/graph",
    }
    return _changed(given, changes)


def payload(*alerts, **changes):
    given = {
        "version": "4",
        "groupKey": '{}:{alertname="DiskFull"}',
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "awooop",
        "groupLabels": {"alertname": "DiskFull"},
        "commonLabels": {"alertname": "DiskFull"},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager:9093",
        "alerts": list(alerts) or [alert()],
    }
    return json.dumps(_changed(given, changes))


def _changed(given, changes):
    given = given | changes
    return {name: value for name, value in given.items() if value is not ...}


def parsed(*alerts, **changes):
    return parse(payload(*alerts, **changes), now=NOW)


def only(**changes):
    return parsed(alert(**changes)).alerts[0]


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"not json", "body"),
        (b'{"alerts": [', "body"),
        (b"\x00\xff", "body"),
        ("[]", "body"),
        ("3", "body"),
        ("null", "body"),
        ("{}", "alerts"),
        ('{"alerts": null}', "alerts"),
        ('{"alerts": []}', "alerts"),
        ('{"alerts": {}}', "alerts"),
        ('{"alerts": [3]}', "alerts[0]"),
        ('{"alerts": [{}]}', "alerts[0].labels"),
        ('{"alerts": [{"labels": {}}, {"labels": []}]}', "alerts[1].labels"),
        ('{"alerts": [{"labels": null}]}', "alerts[0].labels"),
    ],
)
def test_a_body_that_can_never_be_understood_is_refused_and_its_field_named(body, field):
    with pytest.raises(NotUnderstood) as refused:
        parse(body, now=NOW)
    assert [error["field"] for error in refused.value.errors] == [field]
    assert all(error["message"] for error in refused.value.errors)


def test_the_errors_of_a_long_bad_list_are_bounded():
    with pytest.raises(NotUnderstood) as refused:
        parse(json.dumps({"alerts": [3] * 1000}))
    assert len(refused.value.errors) == 20


@pytest.mark.parametrize("depth", [5_000, 500_000])
def test_nesting_beyond_reason_is_refused_not_a_crash(depth):
    body = payload(deep="@").replace('"@"', "[" * depth + "]" * depth)
    with pytest.raises(NotUnderstood):
        parse(body, now=NOW)


def test_a_nested_label_value_is_its_text():
    nested = "[" * 100 + "]" * 100
    body = payload(alert(labels={"a": "@"})).replace('"@"', nested)
    assert parse(body, now=NOW).alerts[0].labels["a"] == nested


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda v: (
            st.lists(v, max_size=3)
            | st.dictionaries(
                st.sampled_from(["alerts", "labels", "status", "startsAt", "groupKey"]),
                v,
                max_size=4,
            )
        ),
    )
)
def test_any_json_is_understood_or_refused(value):
    # Anything but these two ends is an exception, and fails the test.
    with contextlib.suppress(NotUnderstood):
        assert parse(json.dumps(value), now=NOW).alerts


@given(st.binary(max_size=60))
def test_any_bytes_are_understood_or_refused(body):
    with pytest.raises(NotUnderstood):
        parse(body, now=NOW)


# --- the notification ----------------------------------------------------------------------------


def test_a_notification_of_version_4_is_read_as_it_stands():
    notification = parsed(truncatedAlerts=2, commonAnnotations={"a": "b"})
    assert notification.version == "4"
    assert notification.group_key == '{}:{alertname="DiskFull"}'
    assert notification.receiver == "awooop"
    assert notification.status == "firing"
    assert notification.external_url == "http://alertmanager:9093"
    assert notification.truncated_alerts == 2
    assert notification.group_labels == {"alertname": "DiskFull"}
    assert notification.common_labels == {"alertname": "DiskFull"}
    assert notification.common_annotations == {"a": "b"}
    first = notification.alerts[0]
    assert first.starts_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert first.ends_at is None
    assert first.generator_url == "http://prometheus/graph"


def test_unknown_keys_are_passed_over():
    assert (
        parsed(alert(extra={"x": 1}), notification_reason="x", routeLabels={}).alerts[0].is_firing
    )


def test_everything_but_labels_may_be_missing():
    notification = parse('{"alerts": [{"labels": {}}]}', now=NOW)
    assert notification.version == ""
    assert notification.is_firing
    assert notification.alerts[0].annotations == {}
    assert notification.title == "Alert without a name"


@pytest.mark.parametrize("odd", [None, 3, "x", [], [1]])
def test_label_sets_of_another_type_are_empty(odd):
    notification = parsed(
        alert(annotations=odd), groupLabels=odd, commonLabels=odd, commonAnnotations=odd
    )
    assert notification.group_labels == notification.common_labels == {}
    assert notification.alerts[0].annotations == {}


@pytest.mark.parametrize(
    ("given_count", "count"),
    [
        (0, 0),
        (7, 7),
        ("7", 7),
        (-1, 0),
        (1.5, 0),
        (None, 0),
        ("x", 0),
        (10**40, 2**31 - 1),
        ("²", 0),
    ],
)
def test_truncated_alerts_is_a_bounded_number(given_count, count):
    assert parsed(truncatedAlerts=given_count).truncated_alerts == count


def test_a_byte_order_mark_and_bytes_that_are_no_text_do_no_harm():
    body = b"\xef\xbb\xbf" + payload(receiver="@").encode().replace(b"@", b"caf\xe9")
    assert parse(body, now=NOW).receiver == "caf�"


def test_text_and_bytes_are_read_alike():
    assert parse(payload(), now=NOW) == parse(payload().encode(), now=NOW)


# --- the group key -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("literal", "key"),
    [
        ("43434343434343434343", "43434343434343434343"),
        ("0", "0"),
        ("9" * 5000, "9" * 5000),
        ("4.5e19", "4.5e19"),
        ('"{}:{}"', "{}:{}"),
    ],
)
def test_a_group_key_is_kept_exactly(literal, key):
    body = payload(groupKey="@").replace('"@"', literal)
    assert parse(body, now=NOW).group_key == key


@pytest.mark.parametrize("missing", [..., None, ""])
def test_a_missing_group_key_is_made_of_the_group_labels_as_alertmanager_writes_it(missing):
    notification = parsed(groupKey=missing, groupLabels={"project": "p2", "alertname": 'Disk "C"'})
    assert notification.group_key == '{}:{alertname="Disk \\"C\\"", project="p2"}'


def without_group(*alerts, **changes):
    return parsed(*alerts, groupKey=..., groupLabels=..., **changes)


def test_without_group_labels_the_common_labels_make_the_key():
    assert without_group().group_key == '{}:{alertname="DiskFull"}'


def test_without_any_group_the_key_is_the_same_for_each_re_sending_and_for_the_end():
    sent = [
        without_group(alert(status=status, endsAt=end), status=status, commonLabels=...)
        for status, end in [("firing", None), ("firing", None), ("resolved", START)]
    ]
    assert len({notification.group_key for notification in sent}) == 1


def test_without_any_group_the_end_of_one_alert_is_not_the_end_of_another():
    one = without_group(alert(labels={"alertname": "X", "instance": "a"}), commonLabels=...)
    other = without_group(alert(labels={"alertname": "X", "instance": "b"}), commonLabels=...)
    assert one.group_key != other.group_key


def test_alerts_that_share_nothing_have_a_key_that_does_not_depend_on_their_order():
    alerts = [alert(labels={"alertname": "A"}), alert(labels={"alertname": "B"})]
    there = without_group(*alerts, commonLabels={})
    back = without_group(*reversed(alerts), commonLabels={})
    other = without_group(alerts[0], alert(labels={"alertname": "C"}), commonLabels={})
    assert there.group_key == back.group_key != other.group_key


def test_a_long_group_key_has_a_bounded_fingerprint_of_its_own():
    one, other = parsed(groupKey="k" * 1000), parsed(groupKey="k" * 1001)
    assert len(one.group_fingerprint) == 255
    assert one.group_fingerprint != other.group_fingerprint
    assert parsed().group_fingerprint == parsed().group_key


# --- status --------------------------------------------------------------------------------------


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


# --- times ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20T17:34:46Z", "2026-11-20T17:34:46+00:00"),
        ("2026-11-20T17:34:46.1Z", "2026-11-20T17:34:46.100000+00:00"),
        ("2026-11-20T17:34:46.12345Z", "2026-11-20T17:34:46.123450+00:00"),
        ("2026-11-20T17:34:46.999999999Z", "2026-11-20T17:34:46.999999+00:00"),
        ("2018-11-04T22:43:58.283995108+01:00", "2018-11-04T21:43:58.283995+00:00"),
        ("2017-01-26T08:31:54.865-05:00", "2017-01-26T13:31:54.865000+00:00"),
        ("2026-11-20T23:30:00+05:45", "2026-11-20T17:45:00+00:00"),
        ("2026-11-20T23:30:00+0800", "2026-11-20T15:30:00+00:00"),
        ("2026-11-20 17:34:46", "2026-11-20T17:34:46+00:00"),
        ("2026-11-20t17:34:46z", "2026-11-20T17:34:46+00:00"),
    ],
)
def test_a_time_is_read_to_the_microsecond_in_utc(text, expected):
    assert times.parse(text).isoformat() == expected


@pytest.mark.parametrize(
    "value",
    [
        *(
            "",
            "now",
            "2026-11-20",
            "2026-13-01T00:00:00Z",
            "2026-11-20T25:00:00Z",
            "٢٠٢٦-11-20T00:00:00Z",
        ),
        *("0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+08:00"),
        *(
            "9999-12-31T23:59:59-05:00",
            "2026-11-20T00:00:00+99:99",
            "2026-11-20T00:00:00." + "1" * 99,
        ),
        *(None, 0, 1.5, True, [], {}),
    ],
)
def test_what_is_no_time_is_none(value):
    assert times.parse(value) is None


@given(
    st.datetimes(min_value=datetime(1900, 1, 1)), st.integers(1, 9), st.integers(-14 * 60, 14 * 60)
)
def test_every_offset_and_fraction_names_its_moment(moment, digits, offset):
    sign, minutes = ("-" if offset < 0 else "+"), abs(offset)
    fraction = f"{moment.microsecond:06d}000"[:digits]
    text = f"{moment:%Y-%m-%dT%H:%M:%S}.{fraction}{sign}{minutes // 60:02d}:{minutes % 60:02d}"
    read = times.parse(text)
    if read is not None:  # out of range at either end of the calendar
        kept = int(fraction[:6].ljust(6, "0"))
        seconds = (
            moment.replace(microsecond=0, tzinfo=UTC) - read.replace(microsecond=0)
        ).total_seconds()
        assert seconds == offset * 60
        assert read.microsecond == kept


def test_a_missing_start_is_marked_and_stable():
    for start in (..., None, "", "soon", "0001-01-01T00:00:00Z"):
        one = only(startsAt=start)
        assert not one.starts_at_known
        assert one.occurrence_id == f"{one.fingerprint}:1970-01-01T00:00:00.000000Z"
        assert one.as_json()["startsAt"] is None


# --- fingerprints and occurrences ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "fingerprint"),
    [
        ({}, "cbf29ce484222325"),
        ({"alertname": "TestAlert"}, "dab43189276e5f48"),
        ({"🙂": "dΘ", "Σ": "c", "00": "b", "a": "a"}, "d90789cf54ff7ca7"),
        (
            {"alertname": "DiskFull", "instance": "db1", "project": "p2", "severity": "warning"},
            "7cbc758c8eabe174",
        ),
        ({"alertname": "TestAlert", "empty": ""}, "dab43189276e5f48"),
    ],
)
def test_a_missing_fingerprint_is_computed_as_alertmanager_does(labels, fingerprint):
    one = only(labels=labels)
    assert one.fingerprint == fingerprint
    assert one.fingerprint_computed


@given(st.dictionaries(st.text(), st.text()), st.randoms())
def test_a_fingerprint_does_not_depend_on_the_labels_order(labels, random):
    names = list(labels)
    random.shuffle(names)
    assert fingerprints.of_labels(labels) == fingerprints.of_labels(
        {name: labels[name] for name in names}
    )


def test_a_given_fingerprint_is_kept():
    one = only(fingerprint="83eb2c81e0da3faf")
    assert one.fingerprint == "83eb2c81e0da3faf"
    assert not one.fingerprint_computed
    assert one.occurrence_id == "83eb2c81e0da3faf:2026-11-20T10:00:00.000000Z"


def test_a_numeric_fingerprint_is_its_text_and_an_endless_one_is_bounded():
    assert only(fingerprint=12345678901234567890).fingerprint == "12345678901234567890"
    assert len(only(fingerprint="f" * 5000).occurrence_id) <= 92


def test_the_same_moment_in_another_offset_is_the_same_occurrence():
    here, there = only(startsAt="2026-11-20T18:00:00+08:00"), only(startsAt=START)
    assert here.occurrence_id == there.occurrence_id


def test_a_later_start_is_another_occurrence():
    assert only(startsAt="2026-11-20T10:00:00.000001Z").occurrence_id != only().occurrence_id


def test_duplicates_of_one_occurrence_count_once():
    notification = parsed(alert(fingerprint="f"), alert(fingerprint="f"), alert(fingerprint="g"))
    assert len(notification.alerts) == 3
    assert [one.fingerprint for one in notification.occurrences] == ["f", "g"]


@pytest.mark.parametrize("order", [("firing", "resolved"), ("resolved", "firing")])
def test_of_one_alert_sent_as_firing_and_as_resolved_resolved_holds(order):
    notification = parsed(*(alert(status=status) for status in order), status="resolved")
    assert [one.status for one in notification.occurrences] == ["resolved"]
    assert notification.is_resolved


def test_a_fingerprint_shared_by_different_labels_fires_while_one_of_them_does():
    alerts = [
        alert(fingerprint="f", status=status, labels={"n": str(n)})
        for n, status in enumerate(["resolved", "firing"])
    ]
    assert [one.status for one in parsed(*alerts).occurrences] == ["firing"]


# --- text ----------------------------------------------------------------------------------------


def test_text_that_postgresql_cannot_keep_is_replaced():
    body = payload(
        alert(labels={"a\x00b": "c\ud800d"}, annotations={"summary": "x\x00"}, fingerprint="f\x00"),
        receiver="r\udfff",
        groupKey="k\x00",
    )
    notification = parse(body, now=NOW)
    one = notification.alerts[0]
    assert one.labels == {"a�b": "c�d"}
    assert (one.annotations["summary"], one.fingerprint) == ("x�", "f�")
    assert (notification.receiver, notification.group_key) == ("r�", "k�")


@given(st.text(st.characters()), st.text(st.characters()))
def test_everything_that_is_read_can_be_stored(name, value):
    one = only(labels={name: value}, annotations={name: value})
    for text in [*one.labels, *one.labels.values(), one.title, one.occurrence_id]:
        assert "\x00" not in text
        text.encode()


def test_values_that_are_no_strings_become_text():
    labels = {"i": 8, "f": 1.5, "t": True, "n": None, "l": ["a", 1], "o": {"b": None}}
    assert only(labels=labels).labels == {
        "i": "8",
        "f": "1.5",
        "t": "true",
        "l": '["a","1"]',
        "o": '{"b":null}',
    }


def test_a_number_of_any_length_is_its_text():
    body = payload(alert(labels={"n": "@"})).replace('"@"', "1" * 100_000)
    assert parse(body, now=NOW).alerts[0].labels["n"] == "1" * 100_000


# --- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "annotations", "title"),
    [
        ({"alertname": "A"}, {"summary": "it is\n  bad"}, "A: it is bad"),
        ({"alertname": "A"}, {"description": "d", "message": "m"}, "A: m"),
        ({"alertname": "A"}, {"summary": "  ", "description": "d"}, "A: d"),
        ({"alertname": "A"}, {"summary": "A is bad"}, "A is bad"),
        ({"alertname": "A"}, {}, "A"),
        ({"job": "x"}, {"summary": "s"}, "s"),
        ({"job": "x", "a": "b"}, {}, "a=b, job=x"),
        ({}, {}, "Alert without a name"),
    ],
)
def test_a_title_says_what_there_is_to_say(labels, annotations, title):
    assert only(labels=labels, annotations=annotations).title == title


@given(st.text(), st.text(max_size=600), st.integers(0, 10**9))
def test_a_title_is_one_line_of_at_most_255_characters(name, said, others):
    title = wording.title({"alertname": name}, wording.summary({"summary": said}), others)
    assert 0 < len(title) <= 255
    assert "\n" not in title


def test_an_endless_annotation_is_cut_in_the_title_only():
    one = only(annotations={"summary": "x" * 100_000})
    assert len(one.title) == 255
    assert one.title.endswith("…")
    assert len(one.annotations["summary"]) == 100_000


def test_a_group_s_title_says_how_many_more_there_are():
    alerts = [alert(labels={"alertname": "DiskFull", "n": str(n)}) for n in range(3)]
    assert parsed(*alerts).title == "DiskFull: disk 91% (and 2 more)"
    assert parsed(*alerts, truncatedAlerts=4).title == "DiskFull: disk 91% (and 6 more)"
    assert parsed(*alerts, commonAnnotations={"summary": "disks"}).title == "DiskFull: disks"


def test_a_group_s_title_speaks_of_what_fires():
    over = alert(status="resolved", labels={"n": "1"}, annotations={"summary": "over"})
    assert parsed(over, alert(labels={"n": "2"})).title == "DiskFull: disk 91%"


@pytest.mark.parametrize(
    ("labels", "severity"),
    [
        ({"severity": "critical"}, "critical"),
        ({"severity": " Critical "}, "critical"),
        ({"severity": "page"}, "critical"),
        ({"Severity": "P1"}, "critical"),
        ({"severity": "severe"}, "critical"),
        ({"severity": "warning"}, "warning"),
        ({"severity": "error"}, "warning"),
        ({"severity": "minor"}, "warning"),
        ({"severity": "informational"}, "info"),
        ({"severity": "none"}, "info"),
        ({"priority": "P4"}, "info"),
        ({"severity": "mauve", "priority": "high"}, "critical"),
        ({"severity": "mauve"}, "warning"),
        ({}, "warning"),
    ],
)
def test_a_severity_is_one_of_ours(labels, severity):
    assert only(labels=labels).severity == severity


def test_a_group_is_as_severe_as_the_worst_that_fires():
    info = alert(labels={"severity": "info"})
    gone = alert(labels={"severity": "critical"}, status="resolved")
    assert parsed(info, gone).severity == "info"
    assert parsed(info, alert()).severity == "critical"
    assert parsed(gone).severity == "critical"


@pytest.mark.parametrize(
    ("annotations", "url"),
    [
        ({"runbook_url": "https://r/x"}, "https://r/x"),
        ({"runbookURL": " http://r/x "}, "http://r/x"),
        ({"runbook": "https://r/x"}, "https://r/x"),
        ({"runbook": "see the wiki"}, ""),
        ({"runbook_url": "javascript:alert(1)"}, ""),
        ({"runbook_url": "https://r/" + "x" * 3000}, ""),
        ({"dashboard_url": "https://r/x"}, ""),
    ],
)
def test_a_runbook_is_a_web_address_or_nothing(annotations, url):
    assert only(annotations=annotations).runbook_url == url


def test_a_group_s_runbook_is_the_common_one_before_an_alert_s():
    with_url = alert(annotations={"runbook_url": "https://r/alert"})
    assert parsed(with_url).runbook_url == "https://r/alert"
    common = {"runbook_url": "https://r/common"}
    assert parsed(with_url, commonAnnotations=common).runbook_url == "https://r/common"


def test_incident_ids_are_found_in_labels_and_annotations():
    notification = parsed(
        alert(labels={"incident": "INC-20261120-AB12"}, annotations={"d": "as INC-20261119-ZZ99"}),
        alert(labels={"incident": "INC-20261120-AB12", "n": "2"}),
    )
    assert notification.incident_ids == ["INC-20261120-AB12", "INC-20261119-ZZ99"]


def test_an_alert_is_stored_in_alertmanager_s_own_form():
    one = only(fingerprint="f", endsAt="2026-11-20T11:00:00Z", status="resolved")
    again = parsed(json.loads(json.dumps(one.as_json())), status=...).alerts[0]
    assert again == one


# --- real payloads -------------------------------------------------------------------------------


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
