"""Every page of the admin answers, for a superuser and for a project's administrator."""

from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from awooop.models import AuditRecord
from tests import factories

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def _list_url(model) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_superuser_opens_the_list(project, root_page, model):
    assert root_page.get(_list_url(model)).status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_stranger_is_sent_to_the_login(project, model):
    answer = Client().get(_list_url(model))
    assert answer.status_code == 302
    assert "/login" in answer["Location"]


INLINE = re.compile(r"<script(?![^>]* src=)(?![^>]*application/json)|<style|\sstyle=|\son[a-z]+=")


@pytest.mark.parametrize("page", ["changelist", "add"])
@pytest.mark.parametrize("name", ["project", "apikey", "contractrevision", "membership", "user"])
def test_no_page_needs_an_inline_script_or_style(root_page, name, page):
    text = root_page.get(reverse(f"admin:awooop_{name}_{page}")).content.decode()
    assert not INLINE.search(text)


def test_staff_without_a_role_sees_nothing(project):
    account = factories.user("nobody@example.org")
    account.is_staff = True
    account.save()
    client = Client()
    client.force_login(account)
    assert client.get(_list_url(AuditRecord)).status_code == 403
    assert "model-auditrecord" not in client.get(reverse("admin:index")).content.decode()


def test_people_who_are_not_staff_are_kept_out(page):
    assert page.get(reverse("admin:index"), follow=True).status_code == 403


def test_there_is_one_login(project):
    answer = Client().get(reverse("admin:index"), follow=True)
    assert answer.redirect_chain[-1][0].startswith("/login?next=")


def test_the_index_shows_what_runs_in_the_background(project, root_page):
    assert "cluster.tick" in root_page.get(reverse("admin:index")).content.decode()


def test_the_index_names_the_tables_as_people_do(project, root_page):
    text = root_page.get(reverse("admin:index")).content.decode()
    names = re.findall(r'<a href="/admin/(?:awooop|runs)/\w+/"[^>]*>([^<]+)</a>', text)
    assert {"API keys", "MCP calls", "Legacy MCP records", "Evidence"} <= set(names)
    assert not {name for name in names if re.search(r"\b(Api|Mcp|api|mcp)\b|Evidences", name)}
