from django.db import migrations

# A query that spills to the database's disk: the one thing that fails there first, and that a READ
# ONLY transaction may do. 5,000 rows are some 160 KB and take a millisecond.
CREATE = """
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

    dependencies = [("awooop", "0016_rate_limits")]

    operations = [
        migrations.RunSQL(CREATE, "drop function awooop_has_disk_room()"),
    ]
