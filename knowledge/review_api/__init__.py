"""The API of owner reviews, under `/knowledge`."""

from knowledge.review_api.base import router

from knowledge.review_api import completing, drafts, queueing  # isort: skip

__all__ = ["completing", "drafts", "queueing", "router"]
