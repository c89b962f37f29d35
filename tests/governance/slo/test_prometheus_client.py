from __future__ import annotations

import math
import time
from contextlib import suppress
from socket import create_server
from threading import Thread

import pytest

from governance.slo.prometheus import ANSWER_MOST, Prometheus, QueryFailed, Unreachable
from tests.governance.slo import fake_prometheus
from tests.governance.slo.fake_prometheus import error, success, vector


@pytest.fixture
def fake():
    with fake_prometheus.running() as running:
        yield running


def ask(fake, **values):
    with Prometheus(fake.url, **values) as server:
        return server.value("up")


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (vector("0.8"), 0.8),
        (vector(), None),
        (success("scalar", [1.5, "3"]), 3.0),
        (vector("+Inf"), math.inf),
        (vector("-Inf"), -math.inf),
    ],
)
def test_it_answers_the_number_or_nothing(fake, answer, value):
    fake.answer = lambda query: answer
    assert ask(fake) == value


def test_nan_comes_through_as_nan(fake):
    fake.answer = lambda query: vector("NaN")
    assert math.isnan(ask(fake))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (error(400, "bad_data", "parse error at char 3"), "bad_data: parse error at char 3"),
        (error(503, "timeout", "query timed out"), "timeout: query timed out"),
        (vector(1, 2), "2 series"),
        (success("matrix", []), "matrix"),
        (success("vector", [{"metric": {}}]), "none"),
        (success("vector", "x"), "none"),
        ((200, b'{"status": "success", "data": []}'), "without data"),
        ((200, b"<html>"), "no JSON"),
        ((502, b"Bad gateway"), "status 502"),
        ((200, b'"up"'), "not an answer"),
        ((302, b"{}"), "not an answer"),
        ((200, b"x" * (ANSWER_MOST + 1)), "too large"),
    ],
)
def test_what_is_no_answer_is_a_failed_query(fake, answer, message):
    fake.answer = lambda query: answer
    with pytest.raises(QueryFailed, match=message):
        ask(fake)


def test_a_closed_port_is_unreachable():
    with create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Unreachable), Prometheus(f"http://127.0.0.1:{port}") as server:
        server.value("up")


def test_a_server_that_keeps_silent_is_unreachable_in_time(fake):
    def answer(query):
        fake.over.wait(30)
        return vector()

    fake.answer = answer
    with pytest.raises(Unreachable):
        ask(fake, timeout_s=0.2)


def trickle(server):
    """Answer one request with a body that never ends, a little at a time."""
    connection, _ = server.accept()
    with connection, suppress(OSError):
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        for _ in range(1_000):
            connection.sendall(b" ")
            time.sleep(0.02)


def test_an_answer_that_trickles_is_not_waited_for():
    with create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=trickle, args=(server,))
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(Unreachable, match="in time"), Prometheus(url, timeout_s=0.3) as client:
            client.value("up")
        thread.join(20)
    assert not thread.is_alive()


def test_the_token_is_sent_where_there_is_one(fake):
    ask(fake)
    ask(fake, token="secret")
    assert [headers.get("Authorization") for headers in fake.headers] == [None, "Bearer secret"]
