"""What every API router shares: parser, renderer, key check, base schemas, problem answers."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

import orjson
import structlog
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import HttpError, ValidationError
from ninja.openapi.docs import Swagger
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from ninja.security.base import AuthBase
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter
from pydantic import ValidationError as PydanticError

from awooop import json_body, permissions, problems
from awooop.callers import Caller
from awooop.errors import Invalid, NotFound, Refused, TooLarge, Unauthenticated
from awooop.models.project import PROJECT_ID
from awooop.openapi import Api

log = structlog.get_logger(__name__)
MAX_LIST = 1_000

ProjectId = Annotated[str, StringConstraints(pattern=rf"^{PROJECT_ID}$", max_length=64)]
ShortText = Annotated[str, StringConstraints(max_length=128)]
Page = Annotated[int, Field(ge=1, le=100_000)]
PerPage = Annotated[int, Field(ge=1, le=200)]


class Answer(BaseModel):
    """What an operation answers: checked by Pydantic itself, from dicts or from attributes.

    The framework's own `Schema` wraps each value in a getter of its own, which costs several times
    the check.
    """

    model_config = ConfigDict(from_attributes=True)


class Body(BaseModel):
    """A body from outside: a key that nobody knows is an error that names it."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)


class Problem(Answer):
    """An RFC 9457 problem document."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[dict[str, str]] | None = None


PROBLEMS = {frozenset({400, 401, 403, 404, 409, 413, 422, 429, 503}): Problem}


class StrictParser(Parser):
    """Reads bodies with `json_body`, so that a bad one is a 422 that names the field."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Answer the parsed body; raises Invalid."""
        return json_body.loads(request.body)


class JsonRenderer(BaseRenderer):
    """Times as RFC 3339 with `Z`, decimals as strings."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """Answer the body's bytes."""
        return dumps(data)


def dumps(data: Any) -> bytes:
    """Answer JSON as the API writes it."""
    options = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
    return orjson.dumps(data, default=_plain, option=options)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    if hasattr(value, "model_dump"):
        return value.model_dump()
    return str(value)


class Key(AuthBase):
    """A bearer API key with one scope ('': with any); the caller is found by `CallerMiddleware`."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Caller:
        caller = request.caller
        if caller is None:
            raise Unauthenticated("Send an API key: Authorization: Bearer awp_<prefix>_<secret>.")
        if self.scope:
            permissions.check_scope(caller, self.scope)
        return caller


READ, INGEST, DECIDE, GOVERN = (Key(scope) for scope in ("read", "ingest", "decide", "govern"))
ANY_SCOPE = Key("")


def as_list(payload: Any, schema: type[BaseModel]) -> list[Any]:
    """Answer one record or a list of up to 1,000 as a list of `schema`.

    Raises TooLarge for a longer list and Invalid naming each bad row by its index and field.
    """
    rows = payload if isinstance(payload, list) else [payload]
    if not rows:
        raise Invalid({"body": "must be a record, or a list of 1 to 1,000"})
    if len(rows) > MAX_LIST:
        raise TooLarge(f"A list may have at most {MAX_LIST} records; this one has {len(rows)}.")
    return _validated(rows, schema, is_list=isinstance(payload, list))


@functools.cache
def list_of(schema: type[BaseModel]) -> TypeAdapter[list[Any]]:
    """Answer what checks, or writes out, a whole list of `schema` at once."""
    return TypeAdapter(list[schema])


def _validated(rows: list[Any], schema: type[BaseModel], *, is_list: bool) -> list[Any]:
    """Check all at once; row by row where that fails, to name what is wrong."""
    with contextlib.suppress(PydanticError):
        return list_of(schema).validate_python(rows)
    errors = []
    for index, row in enumerate(rows):
        try:
            schema.model_validate(row)
        except PydanticError as error:
            prefix = f"{index}." if is_list else ""
            errors += [
                {"field": f"{prefix}{found['field']}".rstrip("."), "message": found["message"]}
                for found in problems.pydantic_errors(error.errors())
            ]
    raise Invalid(errors[:100])


def make_api(**kwargs: Any) -> Api:
    """Answer the API object with the shared parser, renderer and problem answers."""
    api = Api(parser=StrictParser(), renderer=JsonRenderer(), docs=Swagger(), auth=READ, **kwargs)
    for kind, handler in _HANDLERS.items():
        api.add_exception_handler(kind, handler)
    api.add_decorator(_known_parameters_only, mode="view")
    return api


def _known_parameters_only(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse a query parameter that an operation does not have, or one that is given twice.

    Passed over, a misspelt filter would show everything, as if that were what it asked for.
    """
    models = inspect.unwrap(run).__self__.models
    query = [model for model in models if model.__ninja_param_source__ == "query"]
    known = {name for model in query for name in model.__ninja_flatten_map__}
    lists = {name for model in query for name in model.__ninja_collection_fields__}

    @functools.wraps(run)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        errors = _wrong_parameters(request, known, lists) if request.caller else {}
        if errors:
            return problems.respond(request, Invalid(errors))
        return run(request, *args, **kwargs)

    return checked


def _wrong_parameters(request: HttpRequest, known: set[str], lists: set[str]) -> dict[str, str]:
    there_are = f"there are: {', '.join(sorted(known))}" if known else "there are none"
    errors = {}
    for name, values in request.GET.lists():
        if name not in known:
            errors[name[:64]] = f"is no parameter of this operation; {there_are}"
        elif len(values) > 1 and name not in lists:
            errors[name] = "may be given once"
    return errors


def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    return problems.respond(request, refused)


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problems.respond(request, Invalid(problems.pydantic_errors(error.errors)))


def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problems.respond(request, NotFound("There is nothing at this address."))


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, Refused):  # what the parser refused, wrapped by the framework
        return problems.respond(request, error.__cause__)
    refused = Refused(str(error), code="refused")
    refused.status = error.status_code
    return problems.respond(request, refused)


_HANDLERS: dict[type[Exception], Callable[..., HttpResponse]] = {
    Refused: _refused,
    ValidationError: _invalid,
    Http404: _not_found,
    HttpError: _http_error,
    OperationalError: problems.database_gone,
    InterfaceError: problems.database_gone,
}
