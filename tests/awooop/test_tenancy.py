"""Projects are kept apart by the database, whatever the code forgets."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction

from awooop import rls, tenancy
from awooop.models import ContractRevision, Membership, Project
from runs.models import Incident, Run
from tests import factories


def tenant_models():
    for model in apps.get_models():
        names = {field.name for field in model._meta.get_fields()}
        if model is Project or ("project" in names and hasattr(model, "project_id")):
            yield model


def test_every_table_with_a_project_has_a_forced_policy(db):
    tables = {model._meta.db_table for model in tenant_models()}
    assert len(tables) > 15
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class c where relrowsecurity and relforcerowsecurity and "
            "exists (select 1 from pg_policy p where p.polrelid = c.oid and p.polqual is not null "
            "and p.polwithcheck is not null)"
        )
        covered = {row[0] for row in cursor.fetchall()}
    assert tables - covered == set()


def test_every_table_with_a_column_project_id_is_a_model_with_a_policy(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name from information_schema.columns where column_name = 'project_id' "
            "and table_schema = 'public'"
        )
        tables = {row[0] for row in cursor.fetchall()}
    assert tables == {model._meta.db_table for model in tenant_models()}


def test_outside_a_scope_nothing_is_visible(project):
    factories.run()
    with tenancy.scope([]):
        assert Run.objects.count() == 0
        assert Project.objects.count() == 0


def test_a_scope_shows_its_projects_only(other_project):
    factories.run("awoooi")
    with tenancy.scope(["other"]):
        factories.run("other")
        assert set(Run.objects.values_list("project_id", flat=True)) == {"other"}
    with tenancy.scope(["awoooi", "other"]):
        assert Run.objects.count() == 2


def test_leaving_a_scope_restores_the_outer_one(other_project):
    with tenancy.scope(["other"]):
        pass
    assert tenancy.project_ids() == ("awoooi",)


def test_an_exception_restores_the_outer_scope(other_project):
    with pytest.raises(IntegrityError), tenancy.scope(["other"]):
        Membership.objects.create(project_id="other", user_id=None, role="viewer")
    assert tenancy.project_ids() == ("awoooi",)


def test_raw_sql_in_the_applications_role_reads_nothing_of_another_project(other_project):
    with tenancy.scope(["other"]):
        factories.run("other")
    with connection.cursor() as cursor:
        for model in tenant_models():
            table = connection.ops.quote_name(model._meta.db_table)
            column = (
                model._meta.get_field("project").column if model is not Project else "project_id"
            )
            cursor.execute(f"select count(*) from {table} where {column} = 'other'")
            assert cursor.fetchone() == (0,), model


def test_a_row_of_another_project_cannot_be_inserted(other_project):
    incident = Incident(project_id="other", incident_id="INC-20260101-ZZZZ", title="x")
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        incident.save(force_insert=True)


def test_moving_a_row_into_another_project_is_refused(other_project):
    run = factories.run()
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Run.objects.filter(pk=run.pk).update(project_id="other")


def test_deleting_everything_deletes_ones_own_only(other_project):
    with tenancy.scope(["other"]):
        factories.run("other")
    factories.run("awoooi")
    with connection.cursor() as cursor:
        cursor.execute("delete from runs_run")
    with tenancy.scope(["other"]):
        assert Run.objects.count() == 1


def test_all_projects_sees_all(other_project):
    with tenancy.all_projects() as projects:
        assert projects == ("awoooi", "other")
        assert Project.objects.count() == 2


def test_the_registry_shows_who_exists_and_nothing_they_have(project):
    factories.run()
    with tenancy.registry():
        assert Project.objects.count() == 1
        assert Run.objects.count() == 0


@pytest.mark.parametrize("bad", ["*", "a,b"])
def test_a_scope_takes_project_ids_only(db, bad):
    with pytest.raises(ValueError), tenancy.scope([bad]):
        pass


def test_the_connected_role_is_bound_by_policies(db):
    assert rls.role_problem() is None


@pytest.mark.parametrize(
    ("is_superuser", "bypasses", "says"),
    [(True, False, "superuser"), (False, True, "BYPASSRLS"), (True, True, "superuser")],
)
def test_a_role_that_sees_through_policies_is_refused(is_superuser, bypasses, says):
    problem = rls.describe_role_problem("x", is_superuser=is_superuser, bypasses=bypasses)
    assert problem is not None
    assert says in problem


def test_a_contract_body_is_immutable_once_active_in_the_database(project):
    revision = ContractRevision.objects.create(
        project=project, contract_id="a", contract_family="agent", lifecycle_status="active"
    )
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        ContractRevision.objects.filter(pk=revision.pk).update(body={"x": 1})
