"""Posts to addresses that somebody typed in: never to where only this machine can reach.

The name is resolved once, every address that it has is judged, and the connection goes to the very
address that was judged: a name that answers otherwise the second time gains nothing. No redirect is
followed, no proxy asked, and neither a slow nor a long answer holds us.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from awooop.errors import Invalid

CONNECT_S, ANSWER_S, WHOLE_S = 5.0, 10.0, 15.0
ANSWER_AT_MOST = 16 * 1024
URL_AT_MOST = 500
# Addresses that are global by the registry, or private, and yet a cloud's own services: never.
_METADATA = frozenset(
    map(
        ipaddress.ip_address,
        ("168.63.129.16", "100.100.100.200", "169.254.169.254", "fd00:ec2::254", "192.0.0.192"),
    )
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Undeliverable(Exception):
    """The post did not arrive, or its answer did not; the text says why, without the address."""


@dataclass(frozen=True)
class Policy:
    """What is allowed beyond https to public addresses."""

    http: bool = False
    private: bool = False


@dataclass(frozen=True)
class Answer:
    """What the other side answered: its status, the start of its text, and `Retry-After` in s."""

    status: int
    text: str
    retry_after: int | None = None

    @property
    def is_taken(self) -> bool:
        """Whether it took the post."""
        return 200 <= self.status < 300


def check_url(url: str, policy: Policy) -> SplitResult:
    """Answer the address in its parts; raises Invalid for one that cannot be posted to.

    Where it leads is judged when it is posted to: a name may lead elsewhere by then.
    """
    schemes = ("https", "http") if policy.http else ("https",)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Invalid({"url": "is no address"}) from None
    if parts.scheme not in schemes:
        raise Invalid({"url": f"must begin with {' or '.join(f'{each}://' for each in schemes)}"})
    printable = url.isascii() and url.isprintable() and " " not in url
    if not parts.hostname or port == 0 or len(url) > URL_AT_MOST or not printable:
        raise Invalid({"url": f"must name a host, in at most {URL_AT_MOST} ASCII characters"})
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Invalid({"url": "must have no user name, password or fragment"})
    if _is_literal_refused(parts.hostname, policy):
        raise Invalid({"url": "must not lead to a private or local address"})
    return parts


def why_refused(address: Address, policy: Policy) -> str:
    """Answer why an address may not be connected to, or an empty text."""
    inner = _embedded(address)
    if inner is not None:
        return why_refused(inner, policy)
    if address in _METADATA or address.is_link_local:
        return "a link-local or metadata address"
    if address.is_multicast or address.is_unspecified or _is_broadcast(address):
        return "not the address of one host"
    if policy.private and (address.is_loopback or address.is_private):
        return ""
    return "" if address.is_global else "a private, local or reserved address"


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, policy: Policy, whole_s: float = WHOLE_S
) -> Answer:
    """Post and answer what came back; raises Undeliverable, Invalid for the address itself.

    It takes `whole_s` at most, but for the resolver's own time.
    """
    parts = check_url(url, policy)
    connection = _connection(parts, policy)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with _deadline(connection, whole_s) as left:
            connection.request("POST", target, body, dict(headers))
            return _read(connection.getresponse(), left)
    except TimeoutError:
        raise Undeliverable("no answer in time") from None
    except ssl.SSLError as error:
        raise Undeliverable(f"TLS: {error.reason or 'failed'}"[:200]) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Undeliverable(_told(error)) from None
    finally:
        connection.close()


def _is_literal_refused(host: str, policy: Policy) -> bool:
    try:
        return bool(why_refused(ipaddress.ip_address(host), policy))
    except ValueError:
        return host.lower().rstrip(".") == "localhost" and not policy.private


def _embedded(address: Address) -> ipaddress.IPv4Address | None:
    """Answer the IPv4 address that an IPv6 one stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _is_broadcast(address: Address) -> bool:
    return address == ipaddress.IPv4Address("255.255.255.255")


def _connect(host: str, port: int, policy: Policy) -> socket.socket:
    """Connect to the first address of a host that answers, all of which must be allowed."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Undeliverable("the host's name is not known") from None
    for *_rest, place in found:
        why = why_refused(ipaddress.ip_address(place[0].partition("%")[0]), policy)
        if why:
            raise Undeliverable(f"refused: the host leads to {why}")
    return _first_that_answers(found)


def _first_that_answers(found: list) -> socket.socket:
    error: OSError = OSError("no address")
    for family, kind, protocol, _name, place in found[:4]:
        made = socket.socket(family, kind, protocol)
        made.settimeout(CONNECT_S)
        try:
            made.connect(place)
        except OSError as failed:
            made.close()
            error = failed
        else:
            made.settimeout(ANSWER_S)
            return made
    raise error


def _connection(parts: SplitResult, policy: Policy) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return _Https(host, parts.port or 443, policy)
    return _Http(host, parts.port or 80, policy)


class _Http(http.client.HTTPConnection):
    def __init__(self, host: str, port: int, policy: Policy) -> None:
        super().__init__(host, port, timeout=ANSWER_S)
        self._policy = policy

    def connect(self) -> None:
        """Connect to an address that was judged."""
        self.sock = _connect(self.host, self.port, self._policy)


class _Https(http.client.HTTPSConnection):
    def __init__(self, host: str, port: int, policy: Policy) -> None:
        super().__init__(host, port, timeout=ANSWER_S, context=ssl.create_default_context())
        self._policy = policy

    def connect(self) -> None:
        """Connect to an address that was judged; the certificate must be the name's."""
        plain = _connect(self.host, self.port, self._policy)
        self.sock = self._context.wrap_socket(
            plain, server_hostname=self.host, do_handshake_on_connect=False
        )
        self.sock.do_handshake()  # by now the deadline reaches it


@contextmanager
def _deadline(connection: http.client.HTTPConnection, seconds: float) -> Iterator[float]:
    """End whatever the connection does after so many seconds, however it drips."""
    ends = time.monotonic() + seconds
    timer = threading.Timer(seconds, _cut, [connection])
    timer.daemon = True
    timer.start()
    try:
        yield ends
    except (OSError, http.client.HTTPException) as error:
        if time.monotonic() >= ends:
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()


def _cut(connection: http.client.HTTPConnection) -> None:
    sock = connection.sock
    if sock is not None:
        try:
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
        except OSError:
            return  # it has ended by itself


def _read(response: http.client.HTTPResponse, ends: float) -> Answer:
    data = b""
    while len(data) < ANSWER_AT_MOST:
        if time.monotonic() >= ends:
            raise TimeoutError
        piece = response.read1(ANSWER_AT_MOST - len(data))
        if not piece:
            break
        data += piece
    if time.monotonic() >= ends:
        raise TimeoutError
    later = response.headers.get("Retry-After", "")
    seconds = int(later) if later.isascii() and later.isdigit() and len(later) < 6 else None
    return Answer(response.status, data.decode("utf-8", "replace"), seconds)


def _told(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "the connection was refused"
    return f"no answer ({type(error).__name__})"
