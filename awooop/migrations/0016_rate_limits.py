"""Rate limits of API keys: buckets of tokens in an unlogged table, whose rows change all the time."""

from django.db import migrations, models


FAST = """
alter table awooop_ratebucket set unlogged;
alter table awooop_ratebucket set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);
"""

NOT_FAST = """
alter table awooop_ratebucket reset (fillfactor, autovacuum_vacuum_scale_factor,
  autovacuum_vacuum_threshold, autovacuum_vacuum_cost_delay);
alter table awooop_ratebucket set logged;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('awooop', '0015_oidc'),
    ]

    operations = [
        migrations.CreateModel(
            name='RateBucket',
            fields=[
                ('key_hash', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('rate', models.PositiveIntegerField(null=True)),
                ('tokens', models.FloatField()),
                ('at', models.DateTimeField()),
                ('was_allowed', models.BooleanField(default=True)),
            ],
        ),
        migrations.AddField(
            model_name='apikey',
            name='rate_limit',
            field=models.PositiveIntegerField(blank=True, help_text='Requests a second; empty: as many as API_RATE_LIMIT says, 0: any number.', null=True),
        ),
        migrations.RunSQL(FAST, NOT_FAST),
    ]
