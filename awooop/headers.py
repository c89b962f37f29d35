"""The headers of every answer that say what a browser, or a cache on the way, may do with it.

The Content-Security-Policy is django-csp's, HSTS, nosniff, the referrer and opener policies are
Django's SecurityMiddleware's, `X-Frame-Options` its own middleware's (awooop/settings.py).
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Nothing here uses a device; WebAuthn and the clipboard stay with our own pages.
_REFUSED = ("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media",
            "fullscreen", "geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi",
            "payment", "picture-in-picture", "screen-wake-lock", "serial", "usb",
            "xr-spatial-tracking")  # fmt: skip
HEADERS = {
    "Permissions-Policy": ", ".join(f"{name}=()" for name in _REFUSED),
    "Cross-Origin-Resource-Policy": "same-origin",
    # What a person was shown is not kept by a browser that the next person uses, nor by a proxy.
    "Cache-Control": "no-store",
}


class HeadersMiddleware:
    """Add what an answer does not say itself (static files name their own caching)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        return response
