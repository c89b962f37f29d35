"""From the fact to the receiver: once at least, signed, and never for ever."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, transaction

from awooop import callers, clock, signals, tenancy
from awooop.actions import webhooks as actions
from awooop.errors import Conflict
from awooop.models import AuditRecord, WebhookDelivery, WebhookSubscription
from awooop.models.webhook import DeliveryStatus
from awooop.webhooks import claims, delivery, emitting, policy
from tests.awooop.webhooks.conftest import BY
from tests.awooop.webhooks.receiver import Receiver, Reply, refused_port

KIND = "incident.opened"


def _emit(count: int = 1) -> None:
    emitting.emit("awoooi", KIND, [{"n": n} for n in range(count)])


def _one() -> WebhookDelivery:
    return WebhookDelivery.objects.get()


def _later(**period):
    return clock.set_to(clock.now() + timedelta(**period))


def _signature(post, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    head = {name.lower(): value for name, value in post.headers.items()}
    content = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + post.body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def test_an_event_arrives_signed(subscribed, receiver):
    _, secret = subscribed
    _emit()
    assert delivery.deliver()["delivered"] == 1
    (post,) = receiver.posts
    assert post.headers["webhook-signature"] == _signature(post, secret)
    assert post.headers["webhook-id"] == f"msg_{_one().pk.hex}"
    body = json.loads(post.body)
    assert (body["type"], body["data"]) == (KIND, {"n": 0, "project_id": "awoooi"})
    assert (_one().status, _one().last_status) == (DeliveryStatus.DELIVERED, 204)


def test_a_fact_that_is_rolled_back_tells_nobody(subscribed):
    with transaction.atomic():
        _emit()
        transaction.set_rollback(True)
    assert WebhookDelivery.objects.count() == 0


def test_who_did_not_subscribe_gets_nothing(subscribed):
    assert emitting.emit("awoooi", "another.kind", [{}]) == 0


def test_another_projects_event_goes_to_nobody_here(subscribed, other_project):
    from awooop import tenancy

    with tenancy.scope(["other"]):
        assert emitting.emit("other", KIND, [{}]) == 0


def test_secrets_are_not_told(subscribed):
    emitting.emit("awoooi", KIND, [{"password": "hunter2hunter2"}])
    assert "hunter2" not in _one().body


def test_after_a_change_of_the_secret_both_sign_for_a_day(subscribed, receiver):
    subscription, old = subscribed
    _, new = actions.rotate_secret(by=BY, subscription_id=subscription.pk)
    _emit()
    delivery.deliver()
    (post,) = receiver.posts
    both = post.headers["webhook-signature"].split(" ")
    assert both == [_signature(post, new), _signature(post, old)]
    with _later(hours=25):
        _emit()
        delivery.deliver()
    assert receiver.posts[-1].headers["webhook-signature"].count("v1,") == 1


def test_a_secret_stays_readable_after_a_change_of_the_key_of_the_application(
    subscribed, receiver, settings
):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret key, of more than 32 characters"
    _emit()
    assert delivery.deliver()["delivered"] == 1


def test_a_secret_that_cannot_be_read_is_told_and_nothing_posted(subscribed, receiver, settings):
    settings.SECRET_KEY = "another secret key, of more than 32 characters"
    _emit()
    assert delivery.deliver()["failed"] == 1
    assert "give it a new one" in _one().last_error
    assert receiver.posts == []
    actions.rotate_secret(by=BY, subscription_id=subscribed[0].pk)
    with _later(minutes=10):
        assert delivery.deliver()["delivered"] == 1


@pytest.mark.parametrize("status", [500, 404, 302, 429])
def test_what_is_not_taken_is_posted_again_under_the_same_id(subscribed, receiver, status):
    receiver.next.append(Reply(status, body=b"no"))
    _emit()
    assert delivery.deliver() == {"delivered": 0, "failed": 1, "dead": 0}
    assert str(status) in _one().last_error
    with _later(minutes=1):
        assert delivery.deliver()["delivered"] == 1
    ids = {post.headers["webhook-id"] for post in receiver.posts}
    assert len(ids) == 1
    assert [attempt["status"] for attempt in _one().attempts] == [status, 204]


def test_the_receiver_says_when(subscribed, receiver):
    receiver.next.append(Reply(503, {"Retry-After": "3600"}))
    _emit()
    delivery.deliver()
    assert _one().next_attempt_at - clock.now() > timedelta(minutes=59)


def test_delays_grow_and_spread():
    first = [policy.delay(1).total_seconds() for _ in range(50)]
    assert 4 <= min(first) < max(first) <= 6
    assert policy.delay(9) > policy.delay(3) > policy.delay(2)


def test_a_receiver_that_fails_does_not_hold_up_its_other_events(subscribed, receiver):
    receiver.always = Reply(500)
    _emit(5)
    delivery.deliver()
    assert len(receiver.posts) == 1  # the rest waits for the end of the pause


def test_after_the_last_attempt_it_is_given_up(subscribed, receiver):
    receiver.always = Reply(500)
    _emit()
    WebhookDelivery.objects.update(attempt_count=policy.MAX_ATTEMPTS - 1)
    assert delivery.deliver()["dead"] == 1
    assert (_one().status, _one().next_attempt_at) == (DeliveryStatus.DEAD, None)
    assert WebhookSubscription.objects.get().is_active


def _told_of_disabling():
    told = []

    def note(*, subscription, **_):
        told.append(subscription.name)

    signals.webhook_disabled.connect(note, weak=False, dispatch_uid="test")
    return told


@pytest.fixture
def told():
    yield _told_of_disabling()
    signals.webhook_disabled.disconnect(dispatch_uid="test")


def test_nothing_for_three_days_switches_it_off_and_is_told(subscribed, receiver, told):
    from runs.models import OutboundMessage

    receiver.always = Reply(500)
    since = clock.now() - timedelta(days=3, minutes=1)
    WebhookSubscription.objects.update(failing_since=since)
    _emit(2)
    WebhookDelivery.objects.update(attempt_count=policy.MAX_ATTEMPTS - 1)
    delivery.deliver()
    subscription = WebhookSubscription.objects.get()
    assert (subscription.is_active, told) == (False, ["pager"])
    assert "pager" in OutboundMessage.objects.get().content
    assert AuditRecord.objects.order_by("-seq").first().action == "webhook.disable"
    with _later(hours=1):
        assert delivery.deliver() == {"delivered": 0, "failed": 0, "dead": 0}
    assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {DeliveryStatus.DEAD}


def test_gone_switches_it_off_at_once(subscribed, receiver, told):
    receiver.always = Reply(410)
    _emit()
    assert delivery.deliver()["dead"] == 1
    assert told == ["pager"]


def test_a_success_ends_the_count(subscribed, receiver):
    receiver.next.append(Reply(500))
    _emit()
    delivery.deliver()
    assert WebhookSubscription.objects.get().failing_since is not None
    with _later(minutes=10):
        delivery.deliver()
    assert WebhookSubscription.objects.get().failing_since is None


def test_nobody_there_is_a_failure(subscribed):
    WebhookSubscription.objects.update(url=f"http://127.0.0.1:{refused_port()}/")
    _emit()
    assert delivery.deliver()["failed"] == 1
    assert _one().last_error == "the connection was refused"


def test_what_was_forbidden_meanwhile_is_not_posted(subscribed, receiver, settings):
    _emit()
    settings.WEBHOOKS_ALLOW_PRIVATE = False
    assert delivery.deliver()["failed"] == 1
    assert receiver.posts == []


def test_a_process_killed_while_posting_leaves_a_row_that_is_posted_again(subscribed, receiver):
    _emit()
    assert claims.take("awoooi") is not None  # and then it was killed
    assert claims.take("awoooi") is None
    with _later(minutes=3):
        assert delivery.deliver()["delivered"] == 1
    assert _one().attempt_count == 2


def test_an_outcome_that_comes_too_late_changes_nothing(subscribed, receiver):
    from awooop.guarded_http import Answer
    from awooop.webhooks import outcomes

    _emit()
    late = claims.take("awoooi")
    with _later(minutes=3):
        delivery.deliver()
    outcomes.failed(late, Answer(500, ""), "late", 1)
    assert _one().status == DeliveryStatus.DELIVERED


def test_redelivery_posts_it_once_more(subscribed, receiver):
    _emit()
    delivery.deliver()
    actions.redeliver(by=BY, delivery_id=_one().pk)
    delivery.deliver()
    assert len({post.headers["webhook-id"] for post in receiver.posts}) == 1
    assert len(receiver.posts) == 2


def test_what_is_being_posted_is_not_queued_twice(subscribed):
    _emit()
    claims.take("awoooi")
    with pytest.raises(Conflict, match="being sent"):
        actions.redeliver(by=BY, delivery_id=_one().pk)


def test_a_test_event_arrives_whatever_was_subscribed(subscribed, receiver):
    actions.send_test(by=BY, subscription_id=subscribed[0].pk)
    delivery.deliver()
    assert json.loads(receiver.posts[0].body)["type"] == "webhook.test"


def _hangs(project_id: str, name: str, receiver) -> None:
    by = callers.system("tests", [project_id])
    with tenancy.scope([project_id]):
        actions.create(by=by, project_id=project_id, name=name, url=receiver.url, wanted=[KIND])


def _until(happened) -> None:
    """Give the other threads' work its time; what never happens fails the test."""
    ends = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < ends, "it never happened"
        time.sleep(0.01)


@pytest.fixture
def hanging(receiver):
    """A second receiver, which takes each post and never answers; `released` ends that."""
    made = Receiver()
    made.always = Reply(hangs=True)
    yield made
    made.stop()


def test_receivers_that_hang_hold_up_nobody_else(subscribed, other_project, receiver, hanging):
    """Six hang, of one project: the other project's events arrive while they do."""
    for number in range(6):
        _hangs("other", f"hangs {number}", hanging)
    with tenancy.scope(["other"]):
        emitting.emit("other", KIND, [{"n": 0}])
    _emit(20)

    def release() -> None:
        _until(lambda: len(receiver.posts) == 20)
        under_way.append(len(hanging.posts))
        hanging.released.set()

    under_way: list[int] = []
    helper = Thread(target=release)
    helper.start()
    done = delivery.deliver()
    helper.join()
    assert under_way == [delivery.OF_A_PROJECT]
    assert (done["delivered"], done["failed"]) == (20, 6)


def test_one_address_gets_one_post_at_a_time(subscribed, receiver):
    receiver.always = Reply(hangs=True)
    _emit(5)

    def release() -> None:
        _until(lambda: receiver.posts)
        receiver.released.set()

    helper = Thread(target=release)
    helper.start()
    assert delivery.deliver()["failed"] == 1
    helper.join()
    assert len(receiver.posts) == 1  # the rest waits for the end of the pause


def test_only_one_worker_of_all_clusters_waits_for_receivers(subscribed, receiver):
    _emit()
    other = connection.get_new_connection(connection.get_connection_params())
    other.execute("select pg_advisory_lock(%s)", [delivery.LOCK])
    assert delivery.deliver() == {"delivered": 0, "failed": 0, "dead": 0}
    assert receiver.posts == []
    other.execute("select pg_advisory_unlock(%s)", [delivery.LOCK])
    other.close()
    assert delivery.deliver()["delivered"] == 1


def test_what_is_left_over_is_told_by_a_bell(subscribed, receiver, monkeypatch):
    rung: list[int] = []
    monkeypatch.setattr(emitting, "ring", lambda: rung.append(1))
    _emit(2)
    rung.clear()
    assert delivery.deliver(seconds=0) == {"delivered": 0, "failed": 0, "dead": 0}
    assert rung == [1]
    delivery.deliver()
    assert rung == [1]
