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
    ]
