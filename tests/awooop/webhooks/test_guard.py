"""Where a post may go: judged at the moment of connecting, by the address connected to."""

from __future__ import annotations

import ipaddress
import socket

import pytest

from awooop import guarded_http
from awooop.errors import Invalid
from awooop.guarded_http import Policy, Undeliverable, check_url, post, why_refused
from tests.awooop.webhooks.receiver import Receiver, Reply, refused_port

PUBLIC, PRIVATE = Policy(), Policy(http=True, private=True)
LOCAL = (
    *("127.0.0.1", "127.8.9.1", "10.0.0.1", "172.16.5.4", "192.168.1.1", "0.0.0.0", "100.64.0.1"),
    *("::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1"),
)
NEVER = (
    *("169.254.169.254", "169.254.170.2", "fe80::1", "fd00:ec2::254", "168.63.129.16"),
    *("100.100.100.200", "224.0.0.1", "ff02::1", "255.255.255.255", "0.0.0.0", "::"),
    *("::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::"),
)
GOOD = ("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "8.8.8.8")


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.stop()


@pytest.mark.parametrize("address", [*LOCAL, *NEVER])
def test_an_address_of_ours_is_refused(address):
    assert why_refused(ipaddress.ip_address(address), PUBLIC)


@pytest.mark.parametrize("address", NEVER)
def test_metadata_is_refused_also_on_the_premises(address):
    assert why_refused(ipaddress.ip_address(address), PRIVATE)


@pytest.mark.parametrize("address", GOOD)
def test_a_public_address_is_allowed(address):
    assert why_refused(ipaddress.ip_address(address), PUBLIC) == ""


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1", "192.168.7.7", "fc00::1"])
def test_a_private_address_is_allowed_where_that_is_set(address):
    assert why_refused(ipaddress.ip_address(address), PRIVATE) == ""


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://example.org/",
            "ftp://example.org/",
            "file:///etc/passwd",
            "gopher://x/",
            "x",
            "",
        ),
        *("https://", "https:///path", "https://user:pw@example.org/", "https://example.org/#x"),
        *("https://127.0.0.1/", "https://[::1]/", "https://localhost/", "https://LOCALHOST./"),
        *("https://169.254.169.254/latest", "https://[::ffff:10.0.0.1]/", "https://h:99999/"),
        *("https://example.org/\r\nX: y", "https://example.org/ x", "https://exämple.org/"),
        f"https://example.org/{'x' * 500}",
    ],
)
def test_an_address_that_cannot_be_is_refused_when_it_is_typed(url):
    with pytest.raises(Invalid) as refused:
        check_url(url, PUBLIC)
    assert refused.value.errors[0]["field"] == "url"


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "localhost.localdomain"])
def test_other_spellings_of_loopback_are_refused_at_the_connection(host, receiver):
    with pytest.raises(Undeliverable):
        post(f"http://{host}:{receiver.port}/", b"", {}, policy=Policy(http=True))
    assert receiver.posts == []


def test_a_name_that_also_leads_inside_is_refused(monkeypatch, receiver):
    def both(host, port, **_):
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", port)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)),
        ]

    monkeypatch.setattr(guarded_http.socket, "getaddrinfo", both)
    with pytest.raises(Undeliverable, match="refused"):
        post(f"http://evil.example:{receiver.port}/", b"", {}, policy=Policy(http=True))
    assert receiver.posts == []


def test_a_name_that_answers_otherwise_the_second_time_gains_nothing(monkeypatch, receiver):
    """DNS rebinding: the address that was judged is the one that is connected to."""
    asked, connected = [], []

    def rebinding(host, port, **_):
        asked.append(host)
        address = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(self, place):
        connected.append(place[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(guarded_http.socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(guarded_http.socket.socket, "connect", connect)
    with pytest.raises(Undeliverable, match="the connection was refused"):
        post(f"http://evil.example:{receiver.port}/", b"", {}, policy=Policy(http=True))
    assert (len(asked), connected) == (1, ["93.184.216.34"])


def test_a_redirect_is_not_followed(receiver):
    inside = Receiver()
    receiver.always = Reply(302, {"Location": inside.url})
    try:
        assert post(receiver.url, b"{}", {}, policy=PRIVATE).status == 302
        assert inside.posts == []
    finally:
        inside.stop()


def test_no_proxy_of_the_environment_is_asked(receiver, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{refused_port()}")
    assert post(receiver.url, b"{}", {}, policy=PRIVATE).is_taken


def test_a_long_answer_is_read_so_far_only(receiver):
    receiver.always = Reply(500, body=b"x" * 1_000_000)
    answer = post(receiver.url, b"{}", {}, policy=PRIVATE)
    assert (answer.status, len(answer.text)) == (500, guarded_http.ANSWER_AT_MOST)


@pytest.mark.parametrize("reply", [Reply(hangs=True), Reply(drips=True)], ids=["hangs", "drips"])
def test_an_answer_that_does_not_come_holds_nobody(receiver, reply):
    receiver.always = reply
    with pytest.raises(Undeliverable):
        post(receiver.url, b"{}", {}, policy=PRIVATE, whole_s=0.3)


def test_nobody_there_is_told(receiver):
    with pytest.raises(Undeliverable, match="the connection was refused"):
        post(f"http://127.0.0.1:{refused_port()}/", b"", {}, policy=PRIVATE)


def test_an_unknown_name_is_told():
    with pytest.raises(Undeliverable, match="name is not known"):
        post("https://does-not-exist.invalid/", b"", {}, policy=PUBLIC)


def test_what_speaks_no_tls_is_told(receiver):
    with pytest.raises(Undeliverable):
        post(f"https://127.0.0.1:{receiver.port}/", b"", {}, policy=PRIVATE, whole_s=2)
