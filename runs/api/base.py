"""The one router of this room's API.

Modules put their operations on it instead of making routers of their own: where two routers hold
one path, ninja answers 405 to the methods of the second (`GET` and `POST /platform/runs`).
"""

from __future__ import annotations

from ninja import Router

router = Router(tags=["platform"])
