"""What the database itself keeps: projects apart, and the ledger of what they spend."""

from django.db import migrations

from awooop.rls import ProjectPolicy

MODELS = (
    "Incident",
    "Run",
    "RunIncident",
    "Step",
    "ChannelEvent",
    "OutboundMessage",
    "McpCall",
    "ProjectSpend",
    "LegacyMcpRecord",
    "RemediationRecord",
    "Playbook",
    "Execution",
    "Evidence",
    "Approval",
    "ApprovalVote",
    "ApprovalToken",
    "TruthChainSummary",
    "TelegramUse",
)

# The budget gate's ledger: each path that writes a run's cost keeps it, because the row does. A run
# belongs to the month in which it was made; a deleted run's cost stays spent. Many runs at once are
# added up first: a row that one statement changes ten thousand times is slow.
LEDGER = """
create function awooop_month_of(project text, moment timestamptz) returns date
language sql stable as $$
  select date_trunc('month', moment at time zone timezone)::date
  from awooop_project where project_id = project
$$;
create function awooop_spend_of_new_runs() returns trigger language plpgsql as $$
begin
  insert into runs_projectspend as held (project_id, month, slot, amount_usd)
    select project_id, awooop_month_of(project_id, created_at), 0, sum(cost_usd)
    from made where cost_usd <> 0 group by 1, 2 order by 1, 2
  on conflict (project_id, month, slot)
    do update set amount_usd = held.amount_usd + excluded.amount_usd;
  return null;
end $$;
create function awooop_spend_of_run() returns trigger language plpgsql as $$
begin
  insert into runs_projectspend as held (project_id, month, slot, amount_usd)
    values (new.project_id, awooop_month_of(new.project_id, new.created_at),
      1 + (hashtext(new.run_id::text) & 15), new.cost_usd - old.cost_usd)
  on conflict (project_id, month, slot)
    do update set amount_usd = held.amount_usd + excluded.amount_usd;
  return null;
end $$;
create trigger spend_of_new_runs after insert on runs_run referencing new table as made
  for each statement execute function awooop_spend_of_new_runs();
create trigger spend_of_run after update of cost_usd on runs_run
  for each row when (new.cost_usd is distinct from old.cost_usd)
  execute function awooop_spend_of_run();
"""

NO_LEDGER = """
drop trigger spend_of_run on runs_run;
drop trigger spend_of_new_runs on runs_run;
drop function awooop_spend_of_run();
drop function awooop_spend_of_new_runs();
drop function awooop_month_of(text, timestamptz);
"""

# These rows change several times in their first hour and then never again. By default a sweep waits
# until a fifth of the table is dead: at a million rows the few live, indexed ones (due messages, runs
# to claim) drown in 200,000 dead ones. A hundredth keeps them findable; a sweep reads only the pages
# that changed. The same after retention has deleted a night's share.
HOT = """
alter table runs_run set (autovacuum_vacuum_scale_factor = 0.01,
  autovacuum_vacuum_threshold = 1000, autovacuum_analyze_scale_factor = 0.02, fillfactor = 90);
alter table runs_outboundmessage set (autovacuum_vacuum_scale_factor = 0.01,
  autovacuum_vacuum_threshold = 1000, autovacuum_analyze_scale_factor = 0.02, fillfactor = 90);
alter table runs_projectspend set (autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 500, fillfactor = 50);
"""

NOT_HOT = """
alter table runs_projectspend reset (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold,
  fillfactor);
alter table runs_outboundmessage reset (autovacuum_vacuum_scale_factor,
  autovacuum_vacuum_threshold, autovacuum_analyze_scale_factor, fillfactor);
alter table runs_run reset (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold,
  autovacuum_analyze_scale_factor, fillfactor);
"""


class Migration(migrations.Migration):
    dependencies = [("runs", "0001_initial"), ("awooop", "0002_policies")]

    operations = [
        *(ProjectPolicy(model) for model in MODELS),
        migrations.RunSQL(LEDGER, NO_LEDGER),
        migrations.RunSQL(HOT, NOT_HOT),
    ]
