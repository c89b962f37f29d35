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
