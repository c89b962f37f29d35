"""Anchors of the audit chains: kept apart by project, and unchangeable in what is signed."""

import awooop.clock
import django.db.models.deletion
from django.db import migrations, models

from awooop.rls import ProjectPolicy

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


class Migration(migrations.Migration):

    dependencies = [
        ('awooop', '0003_project_message_language'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditAnchor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField()),
                ('seq', models.BigIntegerField()),
                ('hash', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('previous', models.CharField(max_length=64)),
                ('anchored_at', models.DateTimeField(default=awooop.clock.now)),
                ('key_id', models.CharField(max_length=16)),
                ('signature', models.CharField(max_length=88)),
                ('filed_at', models.DateTimeField(null=True)),
                ('posted_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddIndex(
            model_name='auditrecord',
            index=models.Index(models.F('project'), models.F('run_id'), models.F('seq'), condition=models.Q(('run_id__isnull', False)), name='audit_of_run'),
        ),
        migrations.AddIndex(
            model_name='auditrecord',
            index=models.Index(models.F('project'), models.F('created_at'), models.F('seq'), name='audit_by_time'),
        ),
        migrations.AddField(
            model_name='auditanchor',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project'),
        ),
        migrations.AddIndex(
            model_name='auditanchor',
            index=models.Index(models.F('project'), models.F('number'), condition=models.Q(('filed_at', None)), name='audit_anchor_unfiled'),
        ),
        migrations.AddIndex(
            model_name='auditanchor',
            index=models.Index(models.F('project'), models.F('number'), condition=models.Q(('posted_at', None)), name='audit_anchor_unposted'),
        ),
        migrations.AddConstraint(
            model_name='auditanchor',
            constraint=models.UniqueConstraint(fields=('project', 'number'), name='audit_anchor_once'),
        ),
        ProjectPolicy("AuditAnchor"),
        migrations.RunSQL(SIGNED_FOR_GOOD, NOT_SIGNED_FOR_GOOD),
    ]
