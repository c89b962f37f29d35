"""The one router of the reviews' API."""

from __future__ import annotations

from ninja import Router

router = Router(tags=["knowledge reviews"])
