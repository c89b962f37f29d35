"""What the database itself enforces: projects kept apart, the audit chain append-only; and how often
it sweeps the tables that change all the time."""

from django.db import migrations

from awooop.rls import ProjectPolicy

APPEND_ONLY = """
create function awooop_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'integrity_constraint_violation';
end $$;
create trigger audit_append_only before update or delete on awooop_auditrecord
  for each row execute function awooop_refuse_change();
create trigger audit_no_truncate before truncate on awooop_auditrecord
  for each statement execute function awooop_refuse_change();
"""

NOT_APPEND_ONLY = """
drop trigger audit_no_truncate on awooop_auditrecord;
drop trigger audit_append_only on awooop_auditrecord;
drop function awooop_refuse_change();
"""

BODY_IMMUTABLE = """
create function awooop_contract_body_immutable() returns trigger language plpgsql as $$
begin
  if old.lifecycle_status <> 'draft' and (new.body, new.body_hash) is distinct from (old.body, old.body_hash) then
    raise exception 'the body of a contract revision is immutable once active'
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger contract_body_immutable before update on awooop_contractrevision
  for each row execute function awooop_contract_body_immutable();
"""

NOT_BODY_IMMUTABLE = """
drop trigger contract_body_immutable on awooop_contractrevision;
drop function awooop_contract_body_immutable();
"""

# Small tables whose rows are changed or deleted all the time: by default a sweep waits until a fifth
# of a table is dead, and meanwhile each look walks over what died. A few hundred dead rows are enough
# here, and a sweep of so small a table costs nothing. Free space in each page lets an updated row stay
# in its page, so that no index has to be touched.
HOT = """
alter table awooop_counterdelta set (autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
alter table awooop_countertotal set (autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 500, fillfactor = 70);
alter table awooop_lease set (autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 500, fillfactor = 70);
alter table awooop_taskheartbeat set (autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 200, fillfactor = 50);
alter table awooop_audithead set (autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 200, fillfactor = 50);
alter table django_q_ormq set (autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);
"""

NOT_HOT = """
alter table django_q_ormq reset (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold,
  autovacuum_vacuum_cost_delay);
alter table awooop_audithead reset (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold,
  fillfactor);
alter table awooop_taskheartbeat reset (autovacuum_vacuum_scale_factor,
  autovacuum_vacuum_threshold, fillfactor);
alter table awooop_lease reset (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold,
  fillfactor);
alter table awooop_countertotal reset (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold,
  fillfactor);
alter table awooop_counterdelta reset (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold,
  autovacuum_vacuum_cost_delay);
"""

SIGNED_FOR_GOOD = """
create function awooop_audit_anchor_kept() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or
     (new.project_id, new.number, new.seq, new.hash, new.digest, new.previous, new.anchored_at, new.key_id,
      new.signature) is distinct from
     (old.project_id, old.number, old.seq, old.hash, old.digest, old.previous, old.anchored_at, old.key_id,
      old.signature) then
    raise exception '% is append-only', tg_table_name using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger audit_anchor_kept before update or delete on awooop_auditanchor
  for each row execute function awooop_audit_anchor_kept();
"""

NOT_SIGNED_FOR_GOOD = """
drop trigger audit_anchor_kept on awooop_auditanchor;
drop function awooop_audit_anchor_kept();
"""

# Who calls, found in one statement: each sees the registry for its own length only. They give no
# power that is not there already (whoever calls them may set the scope himself); they save the four
# statements of a scope around each look-up.
REGISTRY_KEY = """
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

REGISTRY_PROJECTS = """
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

REGISTRY_ROLES = """
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

# Volatile, so that what follows the lock reads what was committed before the lock was had: whoever
# asks either commits before a stop does (which waits for it), or sees the stop.
STOP_HOLDING = """
create function awooop_stop_holding(project text, agent text, tool text)
returns setof awooop_stop language plpgsql volatile as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('', 9)),
          pg_advisory_xact_lock_shared(hashtextextended(project, 9));
  return query
    select * from awooop_stop stop
     where stop.lifted_at is null
       and (stop.project_id is null or stop.project_id = project)
       and stop.agent_id in ('', agent) and stop.tool_name in ('', tool)
     order by (stop.agent_id <> '' or stop.tool_name <> ''), stop.project_id nulls first,
              stop.stopped_at, stop.stop_id
     limit 1;
end $$;
"""

# Buckets of tokens, whose rows change all the time: a crash may empty them.
FAST_BUCKETS = """
alter table awooop_ratebucket set unlogged;
alter table awooop_ratebucket set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);
"""

NOT_FAST_BUCKETS = """
alter table awooop_ratebucket reset (fillfactor, autovacuum_vacuum_scale_factor,
  autovacuum_vacuum_threshold, autovacuum_vacuum_cost_delay);
alter table awooop_ratebucket set logged;
"""

# A query that spills to the database's disk: the one thing that fails there first, and that a READ
# ONLY transaction may do. 5,000 rows are some 160 KB and take a millisecond.
DISK_ROOM = """
create function awooop_has_disk_room() returns boolean
language plpgsql set work_mem = '64kB' as $$
begin
  perform count(*) from generate_series(1, 5000);
  return true;
exception when disk_full or io_error then
  return false;
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("awooop", "0001_initial"), ("django_q", "0007_ormq")]

    operations = [
        ProjectPolicy("Project", registry=True),
        ProjectPolicy("Membership", registry=True),
        ProjectPolicy("ApiKey", registry=True),
        ProjectPolicy("ContractRevision"),
        ProjectPolicy("AuditRecord"),
        ProjectPolicy("AuditHead"),
        migrations.RunSQL(APPEND_ONLY, NOT_APPEND_ONLY),
        migrations.RunSQL(BODY_IMMUTABLE, NOT_BODY_IMMUTABLE),
        migrations.RunSQL(HOT, NOT_HOT),
        ProjectPolicy("AuditAnchor"),
        ProjectPolicy("Stop", registry=True, shared=True),
        ProjectPolicy("Note"),
        ProjectPolicy("NoteVersion"),
        ProjectPolicy("SharedView"),
        ProjectPolicy("WebhookSubscription"),
        ProjectPolicy("WebhookDelivery"),
        migrations.RunSQL(SIGNED_FOR_GOOD, NOT_SIGNED_FOR_GOOD),
        migrations.RunSQL(REGISTRY_KEY, "drop function awooop_registry_key(text)"),
        migrations.RunSQL(REGISTRY_PROJECTS, "drop function awooop_registry_projects()"),
        migrations.RunSQL(REGISTRY_ROLES, "drop function awooop_registry_roles(bigint)"),
        migrations.RunSQL(
            STOP_HOLDING, "drop function if exists awooop_stop_holding(text, text, text);"
        ),
        migrations.RunSQL(FAST_BUCKETS, NOT_FAST_BUCKETS),
        migrations.RunSQL(DISK_ROOM, "drop function awooop_has_disk_room()"),
    ]
