"""Who sees a stop, and the one question that every gate asks about stops."""

from django.db import migrations

from awooop.rls import ProjectPolicy

# Volatile, so that what follows the lock reads what was committed before the lock was had: whoever
# asks either commits before a stop does (which waits for it), or sees the stop.
HOLDING = """
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


class Migration(migrations.Migration):
    dependencies = [("awooop", "0006_stop")]

    operations = [
        ProjectPolicy("Stop", registry=True, shared=True),
        migrations.RunSQL(
            HOLDING, "drop function if exists awooop_stop_holding(text, text, text);"
        ),
    ]
