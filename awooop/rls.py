"""Row-level security as migration operations, and the check of the role that makes it bind."""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.migrations.operations.base import Operation

POLICY = "awooop_project"
# The (select …) makes it one evaluation per statement; without it, one per row (seconds at 50
# projects).
_VISIBLE = (
    "(select string_to_array(nullif(current_setting('awooop.projects', true), ''), ','))::text[]"
)
_REGISTRY = "(select current_setting('awooop.projects', true)) = '*'"

_SHARED = f"create policy {POLICY}_shared on {{table}} for select using ({{column}} is null)"


class ProjectPolicy(Operation):
    """Enable and force row-level security on a model's table by its project column.

    `registry=True` is for the few small tables by which a caller is recognised: they are visible in
    `tenancy.registry()` as well. A null project is visible only there; with `shared=True` everybody
    reads such a row, and still only the registry's scope writes it.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str, *, registry: bool = False, shared: bool = False) -> None:
        self.model_name = model_name
        self.registry = registry
        self.shared = shared

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        given = {"registry": self.registry, "shared": self.shared}
        kwargs = {name: value for name, value in given.items() if value}
        return self.__class__.__name__, [self.model_name], kwargs

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Policies are the database's own; the models' state knows nothing of them."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        table, column = self._names(app_label, to_state, schema_editor)
        rule = f"{column} = any ({_VISIBLE})"
        if self.registry:
            rule = f"({rule} or {_REGISTRY})"
        for statement in (
            f"alter table {table} enable row level security",
            f"alter table {table} force row level security",
            f"create policy {POLICY} on {table} using ({rule}) with check ({rule})",
            *([_SHARED.format(table=table, column=column)] if self.shared else []),
        ):
            schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label, schema_editor, from_state, to_state) -> None:
        table, _ = self._names(app_label, from_state, schema_editor)
        for statement in (
            f"drop policy if exists {POLICY} on {table}",
            f"drop policy if exists {POLICY}_shared on {table}",
            f"alter table {table} no force row level security",
            f"alter table {table} disable row level security",
        ):
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return f"Rows of {self.model_name} are visible by project only"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.model_name.lower()}_policy"

    def _names(self, app_label: str, state: Any, schema_editor: Any) -> tuple[str, str]:
        model = state.apps.get_model(app_label, self.model_name)
        names = {field.name for field in model._meta.get_fields()}
        # The projects' own table has the id as its key.
        field = model._meta.get_field("project") if "project" in names else model._meta.pk
        column = field.column
        return schema_editor.quote_name(model._meta.db_table), schema_editor.quote_name(column)


def role_problem(alias: str = "default") -> str | None:
    """Answer why the connected role would see through the policies, or None if they bind it."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "select rolname, rolsuper, rolbypassrls from pg_roles where rolname = current_user"
        )
        name, is_superuser, bypasses = cursor.fetchone()
    return describe_role_problem(name, is_superuser=is_superuser, bypasses=bypasses)


def describe_role_problem(name: str, *, is_superuser: bool, bypasses: bool) -> str | None:
    """Answer the sentence for a role that policies do not bind, or None."""
    if not (is_superuser or bypasses):
        return None
    what = "a superuser" if is_superuser else "allowed to bypass row-level security (BYPASSRLS)"
    return (
        f"The database role '{name}' is {what}: projects would not be kept apart. Connect as an "
        "ordinary role that owns the database (create role awooop login nosuperuser nobypassrls)."
    )
