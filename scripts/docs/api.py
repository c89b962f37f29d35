"""The API's pages, from its own OpenAPI document: one for each tag, and one of all schemas."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

from scripts.docs.markdown import code, slug, table

METHODS = ("get", "post", "put", "patch", "delete")
INTRODUCTION = """# API

JSON under `/api/v1`, authorised by `Authorization: Bearer awp_<prefix>_<secret>`. The running
server has the same document at `/api/v1/openapi.json`, and a page to try it at `/api/v1/docs`.
Every refusal is an RFC 9457 problem document ([Problem](api-schemas.md#problem)); the
[integration guide](../integration-guide.md) tells how to work with it.

"""


def pages() -> dict[str, Callable[[], str]]:
    """Answer the writer of each page by its file's name."""
    return {
        "api.md": _contents,
        "api-schemas.md": _schemas,
        **{_file(tag): partial(_tag, tag) for tag in _tags()},
    }


@cache
def document() -> dict[str, Any]:
    """Answer the OpenAPI document."""
    from awooop.api import api

    return api.get_openapi_schema()


def _operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method in METHODS:
            if method in methods:
                yield method.upper(), path, methods[method]


@cache
def _tags() -> tuple[str, ...]:
    return tuple(sorted({said["tags"][0] for _, _, said in _operations()}))


def _file(tag: str) -> str:
    return f"api-{tag.replace(' ', '-')}.md"


def _contents() -> str:
    parts = [INTRODUCTION]
    for tag in _tags():
        rows = [
            (f"[{method} {path}]({_file(tag)}#{slug(f'{method} {path}')})", _scope(said))
            for method, path, said in _operations()
            if said["tags"][0] == tag
        ]
        parts.append(f"## {tag.capitalize()}\n\n" + table(["operation", "scope"], rows))
    hidden = "\n".join(["", "```{toctree}", ":hidden:", "", *map(_file, _tags()), "api-schemas.md"])
    return "\n".join(parts) + hidden + "\n```\n"


def _tag(tag: str) -> str:
    parts = [f"# API: {tag}\n"]
    parts += [
        _operation(method, path, said)
        for method, path, said in _operations()
        if said["tags"][0] == tag
    ]
    return "\n".join(parts)


def _operation(method: str, path: str, said: dict[str, Any]) -> str:
    parts = [f"## {method} {path}\n", f"{said.get('description') or said['summary']}\n"]
    if scope := _scope(said):
        parts.append(f"Scope: {scope}.\n")
    rows = [
        (code(one["name"]), one["in"], _type(one["schema"]), _limits(one["schema"]))
        for one in said.get("parameters", ())
    ]
    if rows:
        parts.append(table(["parameter", "in", "type", "limits"], rows))
    if body := said.get("requestBody"):
        parts.append(f"Body: {_content(body)}.\n")
    answers = [
        f"{status}: {_content(answer)}"
        for status, answer in said["responses"].items()
        if 200 <= int(status) < 300
    ]
    return "\n".join([*parts, f"Answers {'; '.join(answers)}.\n"])


def _scope(said: dict[str, Any]) -> str:
    for requirement in said.get("security") or ():
        for name, scopes in requirement.items():
            return ", ".join(map(code, scopes)) or name
    return "none"


def _content(said: dict[str, Any]) -> str:
    for kind, content in said.get("content", {}).items():
        return _type(content.get("schema", {})) if kind == "application/json" else code(kind)
    return "nothing"


def _schemas() -> str:
    parts = ["# API: schemas\n"]
    for name, schema in sorted(document()["components"]["schemas"].items()):
        parts.append(f"## {name}\n\n{schema.get('description', '')}\n")
        if values := schema.get("enum"):
            parts.append(f"One of {', '.join(map(code, values))}.\n")
        if properties := schema.get("properties"):
            required = schema.get("required", ())
            rows = [
                (code(key), _type(one), "yes" if key in required else "", _limits(one))
                for key, one in properties.items()
            ]
            parts.append(table(["field", "type", "required", "limits"], rows))
    return "\n".join(parts)


def _type(schema: dict[str, Any]) -> str:
    if reference := schema.get("$ref"):
        name = reference.rpartition("/")[2]
        return f"[{name}](api-schemas.md#{slug(name)})"
    for key in ("anyOf", "oneOf", "allOf"):
        if forms := schema.get(key):
            return " or ".join(dict.fromkeys(_type(form) for form in forms))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if "enum" in schema:
        return ", ".join(map(code, schema["enum"]))
    if "const" in schema:
        return code(schema["const"])
    kind = str(schema.get("type", "any"))
    return f"{kind} ({schema['format']})" if "format" in schema else kind


_LIMITS = {
    "minimum": "≥ {}", "maximum": "≤ {}", "exclusiveMinimum": "> {}", "exclusiveMaximum": "< {}",
    "minLength": "at least {} characters", "maxLength": "at most {} characters",
    "minItems": "at least {}", "maxItems": "at most {}", "pattern": "`{}`",
    "default": "default `{}`",
}  # fmt: skip


def _limits(schema: dict[str, Any]) -> str:
    found = []
    for form in (schema, *schema.get("anyOf", ())):
        found += [
            text.format(form[key])
            for key, text in _LIMITS.items()
            if key in form and form[key] is not None
        ]
    return "; ".join(dict.fromkeys(found))
