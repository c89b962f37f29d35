"""What the database itself enforces: projects kept apart, the audit chain append-only."""

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


class Migration(migrations.Migration):
    dependencies = [("awooop", "0001_initial")]

    operations = [
        ProjectPolicy("Project", registry=True),
        ProjectPolicy("Membership", registry=True),
        ProjectPolicy("ApiKey", registry=True),
        ProjectPolicy("ContractRevision"),
        ProjectPolicy("AuditRecord"),
        ProjectPolicy("AuditHead"),
        migrations.RunSQL(APPEND_ONLY, NOT_APPEND_ONLY),
        migrations.RunSQL(BODY_IMMUTABLE, NOT_BODY_IMMUTABLE),
    ]
