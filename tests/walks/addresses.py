"""Every address of the product: what the URL resolver and the OpenAPI document know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver

API = "/api/v1"
_NOT_PAGES = ("api/", "admin/")


@dataclass(frozen=True)
class Operation:
    """An operation of the API; its name is `GET /platform/runs`."""

    method: str
    path: str
    parameters: tuple[dict[str, Any], ...]
    body: dict[str, Any] | None

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def in_path(self) -> list[str]:
        """The names in the path."""
        return re.findall(r"{(\w+)}", self.path)

    @property
    def in_query(self) -> list[dict[str, Any]]:
        """The parameters of the query string."""
        return [one for one in self.parameters if one["in"] == "query"]


@cache
def document() -> dict[str, Any]:
    """Answer the OpenAPI document."""
    from awooop.api import api

    return api.get_openapi_schema()


@cache
def operations() -> dict[str, Operation]:
    """Answer every operation by its name."""
    found = [
        Operation(
            method.upper(),
            path.removeprefix(API),
            tuple(said.get("parameters", ())),
            said.get("requestBody"),
        )
        for path, methods in document()["paths"].items()
        for method, said in methods.items()
    ]
    return {operation.name: operation for operation in found}


def body_schema(operation: Operation) -> tuple[dict[str, Any], bool]:
    """Answer the schema of an operation's (one) record, and whether a list of them may come."""
    content = (operation.body or {}).get("content", {})
    schema = next(iter(content.values()), {}).get("schema", {})
    forms = [_resolved(form) for form in schema.get("anyOf", [schema])]
    record = next((form for form in forms if "properties" in form), {})
    return record, any(form.get("type") == "array" for form in forms)


def forms_of(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Answer the forms that a value may have, references followed."""
    return [_resolved(form) for form in schema.get("anyOf", [schema])]


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref", "")
    if not reference and len(schema.get("allOf", ())) == 1:
        reference = schema["allOf"][0].get("$ref", "")
    if not reference:
        return schema
    return document()["components"]["schemas"][reference.rpartition("/")[2]]


@cache
def pages() -> dict[str, list[str]]:
    """Answer every page by its URL name, with the names in its path; no API, no admin."""
    return {
        pattern.name or route: list(pattern.pattern.converters)
        for route, pattern in _patterns(get_resolver().url_patterns)
        if not route.startswith(_NOT_PAGES)
    }


def _patterns(patterns: list[Any], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, route)
        else:
            yield route, pattern


def admins() -> dict[str, Any]:
    """Answer every admin page by its model's label, such as `runs.run`."""
    return {model._meta.label_lower: one for model, one in admin.site._registry.items()}


def has_project(model: type[Model]) -> bool:
    """Whether a model's rows belong to a project."""
    return any(field.name == "project" for field in model._meta.concrete_fields)
