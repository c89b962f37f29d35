"""Where a request comes from."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Answer the client's address, '' where it is not known.

    Behind so many proxies (TRUSTED_PROXIES) it is what the outermost of them wrote into
    `X-Forwarded-For`; what stands further left there anybody may have written.
    """
    given = request.META.get("REMOTE_ADDR", "")
    hops = settings.TRUSTED_PROXIES
    if hops:
        listed = request.headers.get("X-Forwarded-For", "").split(",")
        given = listed[-hops].strip() if len(listed) >= hops else given
    try:
        return str(ipaddress.ip_address(given))
    except ValueError:
        return ""


def network_of(address: str) -> str:
    """Answer the network that an address is of, about what one subscriber has: /24 of IPv4, /56 of
    IPv6; '' for none."""
    if not address:
        return ""
    found = ipaddress.ip_address(address)
    prefix = 24 if found.version == 4 else 56
    return str(ipaddress.ip_network((found, prefix), strict=False))
