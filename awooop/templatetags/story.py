"""What happened (`awooop.story`), for any page."""

from __future__ import annotations

from django import template

from awooop import story

register = template.Library()
register.simple_tag(story.timeline, name="timeline")
register.simple_tag(story.chain, name="status_chain")
register.simple_tag(story.metadata, name="metadata")
