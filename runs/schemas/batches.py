"""A body of one record or a list of up to 1,000, all or nothing."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Body
from pydantic import Field, WrapValidator

from awooop.rest import MAX_LIST, Answer, as_list, list_of
from runs.actions.batches import Batch


def one_or_many(schema: type[Answer]) -> Any:
    """Answer the type of a body that is one `schema` or a list of them; it arrives as a `Batch`.

    The document shows both forms. The check is ours, so that a bad row is named by index and field.
    """

    def read(value: Any, _: Any) -> Batch:
        rows = as_list(value, schema)
        return Batch(list_of(schema).dump_python(rows), is_list=isinstance(value, list))

    many = Annotated[list[schema], Field(min_length=1, max_length=MAX_LIST)]
    return Body[Annotated[schema | many, WrapValidator(read)]]
