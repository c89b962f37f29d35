"""The API's OpenAPI document: what ninja writes, and the scope that each operation asks for."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from awooop.problems import CONTENT_TYPE


class Document(OpenAPISchema):
    """An OpenAPI 3.1 document; each operation's `security` names the scope that its key must have.

    That a requirement of a bearer scheme may list roles is OpenAPI 3.1's (4.8.30).
    """

    def operation_security(self, operation: Operation) -> list[dict[str, Any]] | None:
        """Answer the security requirement of an operation, such as `[{"Key": ["read"]}]`."""
        said = super().operation_security(operation)
        if not said:
            return said
        scopes = [getattr(auth, "scope", None) for auth in operation.auth_callbacks]
        return [
            {name: [scope] if scope else listed for name, listed in requirement.items()}
            for requirement, scope in zip(said, scopes, strict=True)
        ]

    def responses(self, operation: Operation) -> dict[int, dict[str, Any]]:
        """Answer the responses of an operation; a problem has its own media type."""
        said = super().responses(operation)
        for status, answer in said.items():
            if status >= HTTPStatus.BAD_REQUEST and "content" in answer:
                (schema,) = answer["content"].values()
                answer["content"] = {CONTENT_TYPE: schema}
        return said

    def add_schema_definitions(self, definitions: dict[str, Any]) -> None:
        """Add schemas; raises ValueError where two models of one name differ.

        One would silently be shown for the other.
        """
        for name, schema in definitions.items():
            if self.schemas.setdefault(name, schema) != schema:
                raise ValueError(f"two schemas of the API are called {name}")


class Api(NinjaAPI):
    """An API whose document tells the scopes."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> Document:
        """Answer the document for this prefix; without one, as the URLs are mounted."""
        if path_prefix is None:
            path_prefix = self.get_root_path(path_params or {})
        return Document(self, path_prefix)
