from __future__ import annotations

from django.urls import path

from knowledge.views import editing, reading

urlpatterns = [
    path("knowledge", reading.entry_list, name="knowledge"),
    path("knowledge/new", editing.create, name="knowledge-new"),
    path("knowledge/<uuid:entry_id>", reading.entry_page, name="knowledge-entry"),
    path("knowledge/<uuid:entry_id>/view", reading.note_view, name="knowledge-view"),
    path("knowledge/<uuid:entry_id>/edit", editing.edit, name="knowledge-edit"),
    path("knowledge/<uuid:entry_id>/archive", editing.archive, name="knowledge-archive"),
    path("knowledge/<uuid:entry_id>/restore", editing.restore, name="knowledge-restore"),
]
