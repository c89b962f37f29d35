from __future__ import annotations

from django.urls import path

from knowledge.views import (
    burn_down,
    completion,
    drafts,
    editing,
    reading,
    reviews,
    stale,
    stale_batch,
)

urlpatterns = [
    path("knowledge", reading.entry_list, name="knowledge"),
    path("knowledge/new", editing.create, name="knowledge-new"),
    path("knowledge/stale", stale.stale_list, name="knowledge-stale"),
    path("knowledge/stale/batch", stale_batch.batch, name="knowledge-stale-batch"),
    path("knowledge/reviews", reviews.review_list, name="knowledge-reviews"),
    path("knowledge/reviews/preview", reviews.preview, name="knowledge-reviews-preview"),
    path("knowledge/reviews/<uuid:dispatch_id>", completion.review, name="knowledge-review"),
    path(
        "knowledge/reviews/<uuid:dispatch_id>/replacements",
        completion.find_replacements,
        name="knowledge-review-replacements",
    ),
    path("knowledge/drafts", drafts.draft_list, name="knowledge-drafts"),
    path("knowledge/drafts/<uuid:event_id>", drafts.archive, name="knowledge-drafts-archive"),
    path("knowledge/burn-down", burn_down.page, name="knowledge-burn-down"),
    path("knowledge/<uuid:entry_id>", reading.entry_page, name="knowledge-entry"),
    path("knowledge/<uuid:entry_id>/owner-review", stale.queue_one, name="knowledge-stale-queue"),
    path("knowledge/<uuid:entry_id>/view", reading.note_view, name="knowledge-view"),
    path("knowledge/<uuid:entry_id>/edit", editing.edit, name="knowledge-edit"),
    path("knowledge/<uuid:entry_id>/archive", editing.archive, name="knowledge-archive"),
    path("knowledge/<uuid:entry_id>/restore", editing.restore, name="knowledge-restore"),
]
