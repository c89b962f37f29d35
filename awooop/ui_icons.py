"""The console's icons: 24 x 24 outlines in the text's own colour, inline, so without a request."""
# ruff: noqa: E501 - a path is data

from __future__ import annotations

ICONS: dict[str, str] = {
    # marks of a status
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "cross": '<path d="M6.5 6.5 17.5 17.5M17.5 6.5 6.5 17.5"/>',
    "alert": '<path d="M12 4 2.8 19.5h18.4z"/><path d="M12 10v4.5M12 17.2v.1"/>',
    "octagon": '<path d="M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3z"/><path d="M12 8v5M12 16v.1"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.6v.1"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5.2l3.2 2"/>',
    "hourglass": '<path d="M6.5 3h11M6.5 21h11M7.5 3v4l4.5 5 4.5-5V3M7.5 21v-4l4.5-5 4.5 5v4"/>',
    "hand": '<path d="M8.5 4v16M15.5 4v16"/>',
    "progress": '<path d="M21 12a9 9 0 1 1-4-7.5"/>',
    "block": '<circle cx="12" cy="12" r="9"/><path d="m5.8 5.8 12.4 12.4"/>',
    "minus": '<path d="M5 12h14"/>',
    "circle": '<circle cx="12" cy="12" r="7.5"/>',
    "dot": '<circle cx="12" cy="12" r="4" fill="currentColor"/>',
    "dashed": '<circle cx="12" cy="12" r="8.5" stroke-dasharray="3.4 3.3"/>',
    "skip": '<path d="m5 6 7 6-7 6zM18.5 6v12"/>',
    "bars-1": '<path d="M5 19v-4" /><path d="M12 19v-.1M19 19v-.1"/>',
    "bars-2": '<path d="M5 19v-4M12 19v-9"/><path d="M19 19v-.1"/>',
    "bars-3": '<path d="M5 19v-4M12 19v-9M19 19V5"/>',
    # things
    "home": '<path d="m3.5 11 8.5-7 8.5 7M6 9.2V20h12V9.2M10 20v-5.5h4V20"/>',
    "run": '<path d="M7 4.5v15l12-7.5z"/>',
    "approval": '<path d="M4 13v5.5A1.5 1.5 0 0 0 5.5 20h13a1.5 1.5 0 0 0 1.5-1.5V13"/>'
    '<path d="m8 10.5 3.5 3.5L19 6"/>',
    "incident": '<path d="M13 3 5 13.5h6L10.5 21 19 10h-6z"/>',
    "reply": '<path d="M10 8V4l-7 6.5 7 6.5v-4c5 0 8.5 1.3 11 6-.6-6.5-4.5-11-11-11z"/>',
    "inbound": '<path d="M4 13.5V18a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-4.5M12 3.5V14M7.5 10l4.5 4.5L16.5 10"/>',
    "outbound": '<path d="m21 3.5-9.5 17-2.2-7.3L3 10.2z"/><path d="M21 3.5 9.3 13.2"/>',
    "list": '<path d="M9 6h11M9 12h11M9 18h11M4.5 6v.1M4.5 12v.1M4.5 18v.1"/>',
    "shield": '<path d="M12 3 4.5 6v5.5c0 4.6 3.1 7.9 7.5 9.5 4.4-1.6 7.5-4.9 7.5-9.5V6z"/>',
    "book": '<path d="M5 4.5h10.5A2.5 2.5 0 0 1 18 7v13H7.5A2.5 2.5 0 0 1 5 17.5z"/>'
    '<path d="M5 17.5A2.5 2.5 0 0 1 7.5 15H18"/>',
    "contract": '<path d="M6 3.5h8l4.5 4.5v12.5H6zM14 3.5V8h4.5M9 12.5h6M9 16h6"/>',
    "tenants": '<path d="M4 20V6.5L12 3v17M12 9h8v11M3 20h18M7.5 9v.1M7.5 13v.1M16 13v.1M16 16.5v.1"/>',
    "tool": '<path d="M3.5 5h17v14h-17zM7.5 9.5l3 2.5-3 2.5M12.5 15H16"/>',
    "step": '<path d="M5 5v9.5A2.5 2.5 0 0 0 7.5 17H19M15 13l4 4-4 4"/>',
    "wrench": '<path d="M19.5 8.5a5 5 0 0 1-6.9 4.6L6.5 19.2 4.8 17.5l6.1-6.1A5 5 0 0 1 17 4.7L14 7.7'
    'l2.3 2.3 3-3a5 5 0 0 1 .2 1.5z"/>',
    "eye": '<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z"/>'
    '<circle cx="12" cy="12" r="2.8"/>',
    "pencil": '<path d="m4 20 .9-4L16.5 4.5l3 3L8 19.1z"/><path d="m14 7 3 3"/>',
    "flask": '<path d="M9.5 3.5h5M10.5 3.5v6L5 19.5h14l-5.5-10v-6M8 15h8"/>',
    "archive": '<path d="M3.5 4.5h17v4h-17zM5 8.5v11h14v-11M9.5 12.5h5"/>',
    "chart": '<path d="M4 4v16h16M8 16v-4M12.5 16V8M17 16v-6"/>',
    "user": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.8-4 3.8-6 7.5-6s6.7 2 7.5 6"/>',
    "key": '<circle cx="8" cy="15.5" r="4.5"/><path d="M11.2 12.3 20 3.5M16.5 7l3 3"/>',
    "power": '<path d="M12 3.5v8.5M6.8 6.8a7.5 7.5 0 1 0 10.4 0"/>',
    # actions
    "copy": '<path d="M8.5 8.5h11v11h-11z"/><path d="M15.5 8.5v-4h-11v11h4"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "filter": '<path d="M4 6h16M7 12h10M10 18h4"/>',
    "menu": '<path d="M4 6.5h16M4 12h16M4 17.5h16"/>',
    "more": '<path d="M5.5 12v.1M12 12v.1M18.5 12v.1" stroke-width="3"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "refresh": '<path d="M20 5v5h-5M4 19v-5h5"/><path d="M19.5 10A8 8 0 0 0 5.3 7.5M4.5 14a8 8 0 0 0 14.2 2.5"/>',
    "bell": '<path d="M6 17V11a6 6 0 0 1 12 0v6l1.5 1.5h-15zM10 21h4"/>',
    "pause": '<path d="M8.5 5v14M15.5 5v14"/>',
    "download": '<path d="M12 4v11M7.5 11l4.5 4.5 4.5-4.5M4.5 20h15"/>',
    "external": '<path d="M13.5 4.5h6v6M19.5 4.5 11 13M18 14v5.5H4.5V6H10"/>',
    "link": '<path d="M10 14a4.2 4.2 0 0 0 6 0l3.2-3.2a4.2 4.2 0 1 0-6-6L12 6"/>'
    '<path d="M14 10a4.2 4.2 0 0 0-6 0l-3.2 3.2a4.2 4.2 0 1 0 6 6L12 18"/>',
    "left": '<path d="m14.5 5.5-6.5 6.5 6.5 6.5"/>',
    "right": '<path d="m9.5 5.5 6.5 6.5-6.5 6.5"/>',
    "down": '<path d="m5.5 9.5 6.5 6.5 6.5-6.5"/>',
    "up": '<path d="m5.5 14.5 6.5-6.5 6.5 6.5"/>',
    "sun": '<circle cx="12" cy="12" r="4"/><path d="M12 2.5v2.5M12 19v2.5M2.5 12H5M19 12h2.5M5.3 5.3 7 7'
    'M17 17l1.7 1.7M18.7 5.3 17 7M7 17l-1.7 1.7"/>',
    "moon": '<path d="M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5z"/>',
    "screen": '<path d="M3.5 5h17v11.5h-17zM8.5 20.5h7M12 16.5v4"/>',
    "keyboard": '<path d="M3 6.5h18v11H3zM7 10v.1M11 10v.1M15 10v.1M17.5 10v.1M7 14h10"/>',
    "sign-out": '<path d="M10 4.5H5v15h5M15.5 8l4 4-4 4M9.5 12h10"/>',
}

# the first part of a page's path -> its icon in the navigation
PAGE_ICONS: dict[str, str] = {
    "/": "home",
    "/awooop/runs": "run",
    "/awooop/approvals": "approval",
    "/awooop/incidents": "incident",
    "/awooop/callbacks": "reply",
    "/awooop/channel-events": "inbound",
    "/awooop/work-items": "list",
    "/awooop/insights": "chart",
    "/awooop/contracts": "contract",
    "/awooop/tenants": "tenants",
    "/awooop/outbox": "outbound",
    "/awooop/gateway": "tool",
    "/awooop/audit": "key",
    "/awooop/webhooks": "link",
    "/governance": "shield",
    "/knowledge": "book",
    "/knowledge/stale": "hourglass",
    "/knowledge/reviews": "eye",
    "/knowledge/drafts": "pencil",
    "/knowledge/burn-down": "chart",
}


def paths(name: str) -> str:
    """Answer the inner markup of an icon; an unknown name answers a plain dot, never an error."""
    return ICONS.get(name, ICONS["dot"])
