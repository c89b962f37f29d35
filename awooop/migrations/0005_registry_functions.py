"""Who calls, found in one statement: each sees the registry for its own length only.

They give no power that is not there already (whoever calls them may set the scope himself); they
save the four statements of a scope around each look-up.
"""

from django.db import migrations

KEY = """
create function awooop_registry_key(wanted text) returns setof awooop_apikey
language plpgsql as $$
declare
  before text := coalesce(current_setting('awooop.projects', true), '');
begin
  perform set_config('awooop.projects', '*', true);
  return query select * from awooop_apikey where prefix = wanted;
  perform set_config('awooop.projects', before, true);
end $$;
"""

PROJECTS = """
create function awooop_registry_projects() returns setof varchar
language plpgsql as $$
declare
  before text := coalesce(current_setting('awooop.projects', true), '');
begin
  perform set_config('awooop.projects', '*', true);
  return query select project_id from awooop_project order by project_id;
  perform set_config('awooop.projects', before, true);
end $$;
"""

ROLES = """
create function awooop_registry_roles(of_user bigint) returns table (project varchar, role_in varchar)
language plpgsql as $$
declare
  before text := coalesce(current_setting('awooop.projects', true), '');
begin
  perform set_config('awooop.projects', '*', true);
  return query select project_id, role from awooop_membership
    where user_id = of_user order by project_id;
  perform set_config('awooop.projects', before, true);
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("awooop", "0004_audit_anchors")]

    operations = [
        migrations.RunSQL(KEY, "drop function awooop_registry_key(text)"),
        migrations.RunSQL(PROJECTS, "drop function awooop_registry_projects()"),
        migrations.RunSQL(ROLES, "drop function awooop_registry_roles(bigint)"),
    ]
