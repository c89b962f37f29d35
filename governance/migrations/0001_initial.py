import awooop.clock
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('awooop', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='GovernanceEvent',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('event_type', models.CharField(max_length=64)),
                ('subject', models.CharField(blank=True, default='', help_text="What it is about: an SLO, an entry's id.", max_length=128)),
                ('severity', models.CharField(choices=[('critical', 'critical'), ('warning', 'warning'), ('info', 'info')], max_length=16)),
                ('triggered_at', models.DateTimeField(default=awooop.clock.now)),
                ('last_seen_at', models.DateTimeField(default=awooop.clock.now)),
                ('occurrences', models.PositiveIntegerField(default=1)),
                ('notified_at', models.DateTimeField(blank=True, null=True)),
                ('resolved', models.BooleanField(default=False)),
                ('resolved_at', models.DateTimeField(blank=True, null=True)),
                ('resolved_by', models.CharField(blank=True, default='', max_length=254)),
                ('resolution_note', models.CharField(blank=True, default='', max_length=500)),
                ('details', models.JSONField(blank=True, default=dict)),
                ('impact', models.CharField(blank=True, default='', max_length=80)),
                ('remediation', models.CharField(blank=True, default='', max_length=240)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
            ],
        ),
        migrations.CreateModel(
            name='Dispatch',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('event_type', models.CharField(max_length=64)),
                ('subject', models.CharField(blank=True, default='', help_text='What its event is about.', max_length=128)),
                ('executor_type', models.CharField(max_length=64)),
                ('dispatch_status', models.CharField(choices=[('pending', 'pending'), ('dispatched', 'dispatched'), ('executing', 'executing'), ('succeeded', 'succeeded'), ('failed', 'failed'), ('skipped', 'skipped'), ('cancelled', 'cancelled')], default='pending', max_length=16)),
                ('proposed_action', models.CharField(blank=True, default='', max_length=120)),
                ('playbook_id', models.UUIDField(blank=True, null=True)),
                ('playbook_trust', models.DecimalField(blank=True, decimal_places=3, max_digits=4, null=True)),
                ('decision_context', models.JSONField(blank=True, default=dict)),
                ('workflow_stage', models.CharField(blank=True, default='', max_length=64)),
                ('next_action', models.CharField(blank=True, default='', max_length=120)),
                ('owner', models.CharField(blank=True, default='', max_length=128)),
                ('operator_note', models.CharField(blank=True, default='', max_length=500)),
                ('attempt_count', models.PositiveSmallIntegerField(default=0)),
                ('max_attempts', models.PositiveSmallIntegerField(default=1)),
                ('created_by', models.CharField(blank=True, default='', max_length=128)),
                ('created_at', models.DateTimeField(default=awooop.clock.now)),
                ('dispatched_at', models.DateTimeField(blank=True, null=True)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('completed_at', models.DateTimeField(blank=True, null=True)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
                ('governance_event', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='dispatches', to='governance.governanceevent')),
            ],
            options={
                'verbose_name_plural': 'dispatches',
            },
        ),
        migrations.CreateModel(
            name='SelfCheckCycle',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField()),
                ('trigger', models.CharField(choices=[('schedule', 'schedule'), ('manual', 'manual'), ('api', 'API')], max_length=16)),
                ('results', models.JSONField(default=dict, help_text="By check; an error is {'error': …}.")),
                ('timings_ms', models.JSONField(default=dict, help_text='By check; the time is for all projects of the cycle together.')),
                ('failed_checks', models.JSONField(default=list, help_text='The names of those in error.')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
            ],
        ),
        migrations.CreateModel(
            name='SloDefinition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=64)),
                ('query', models.CharField(help_text="PromQL, without the project's label.", max_length=1000)),
                ('direction', models.CharField(choices=[('above', 'above'), ('below', 'below')], max_length=8)),
                ('target', models.DecimalField(decimal_places=4, max_digits=12)),
                ('hard_red_line', models.DecimalField(decimal_places=4, max_digits=12)),
                ('enabled', models.BooleanField(default=True)),
                ('project', models.ForeignKey(blank=True, db_index=False, help_text='Empty: for every project that has none of its own.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
            ],
            options={
                'verbose_name': 'SLO definition',
            },
        ),
        migrations.CreateModel(
            name='SloSample',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slo', models.CharField(max_length=64)),
                ('status', models.CharField(choices=[('ok', 'ok'), ('violated', 'violated'), ('skipped', 'no data'), ('error', 'error')], max_length=16)),
                ('reason', models.CharField(blank=True, default='', max_length=64)),
                ('value', models.FloatField(blank=True, null=True)),
                ('evaluated_at', models.DateTimeField(default=awooop.clock.now)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
            ],
            options={
                'verbose_name': 'SLO sample',
            },
        ),
        migrations.CreateModel(
            name='CheckThreshold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=64)),
                ('value', models.DecimalField(decimal_places=4, max_digits=12)),
                ('updated_at', models.DateTimeField(default=awooop.clock.now)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('project', 'name'), name='check_threshold_once'), models.CheckConstraint(condition=models.Q(('value__gte', 0)), name='check_threshold_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='DriftFingerprint',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('namespace', models.CharField(max_length=253)),
                ('fingerprint', models.CharField(max_length=64)),
                ('resource', models.CharField(max_length=253)),
                ('kind', models.CharField(max_length=128)),
                ('state', models.CharField(choices=[('detected', 'detected'), ('pr_open', 'pull request open'), ('zero_diff', 'no difference left'), ('handed_off', 'handed off'), ('adopted', 'adopted'), ('resolved', 'resolved')], default='detected', max_length=16)),
                ('occurrences', models.PositiveIntegerField(default=1)),
                ('recent_sightings', models.JSONField(blank=True, default=list, help_text='When it was seen, the last 24 hours of sightings.')),
                ('first_seen_at', models.DateTimeField(default=awooop.clock.now)),
                ('last_seen_at', models.DateTimeField(default=awooop.clock.now)),
                ('diff', models.JSONField(blank=True, default=dict)),
                ('pr_url', models.CharField(blank=True, default='', max_length=500)),
                ('next_step', models.CharField(blank=True, default='', max_length=240)),
                ('owner', models.CharField(blank=True, default='', max_length=128)),
                ('version', models.PositiveIntegerField(default=1)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
            ],
            options={
                'indexes': [models.Index(models.F('project'), models.OrderBy(models.F('last_seen_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='drift_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['detected', 'pr_open', 'zero_diff', 'handed_off', 'adopted', 'resolved'])), name='drift_state'), models.UniqueConstraint(fields=('project', 'namespace', 'fingerprint'), name='drift_fingerprint_once')],
            },
        ),
        migrations.AddIndex(
            model_name='governanceevent',
            index=models.Index(models.F('project'), models.OrderBy(models.F('triggered_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='governance_event_newest'),
        ),
        migrations.AddIndex(
            model_name='governanceevent',
            index=models.Index(models.F('project'), models.F('event_type'), models.OrderBy(models.F('triggered_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='governance_event_of_type'),
        ),
        migrations.AddIndex(
            model_name='governanceevent',
            index=models.Index(models.F('project'), models.F('severity'), models.OrderBy(models.F('triggered_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='governance_event_of_severity'),
        ),
        migrations.AddConstraint(
            model_name='governanceevent',
            constraint=models.CheckConstraint(condition=models.Q(('severity__in', ['critical', 'warning', 'info'])), name='governance_event_severity'),
        ),
        migrations.AddConstraint(
            model_name='governanceevent',
            constraint=models.UniqueConstraint(condition=models.Q(('resolved', False)), fields=('project', 'event_type', 'subject'), name='governance_event_open_once'),
        ),
        migrations.AddConstraint(
            model_name='governanceevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('resolved', False), ('resolved_at__isnull', True)), models.Q(('resolved', True), ('resolved_at__isnull', False)), _connector='OR'), name='governance_event_resolved_at'),
        ),
        migrations.AddIndex(
            model_name='dispatch',
            index=models.Index(models.F('project'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='dispatch_newest'),
        ),
        migrations.AddIndex(
            model_name='dispatch',
            index=models.Index(models.F('project'), models.F('dispatch_status'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='dispatch_of_status'),
        ),
        migrations.AddIndex(
            model_name='dispatch',
            index=models.Index(models.F('project'), models.F('event_type'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='dispatch_of_type'),
        ),
        migrations.AddIndex(
            model_name='dispatch',
            index=models.Index(models.F('project'), models.F('executor_type'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='dispatch_of_executor'),
        ),
        migrations.AddIndex(
            model_name='dispatch',
            index=models.Index(models.F('governance_event'), models.F('created_at'), name='dispatch_of_event'),
        ),
        migrations.AddIndex(
            model_name='dispatch',
            index=models.Index(models.F('project'), models.F('executor_type'), models.F('created_at'), condition=models.Q(('dispatch_status__in', ('pending', 'dispatched', 'executing'))), name='dispatch_active'),
        ),
        migrations.AddIndex(
            model_name='dispatch',
            index=models.Index(models.F('project'), models.F('executor_type'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='dispatch_by_executor'),
        ),
        migrations.AddIndex(
            model_name='dispatch',
            index=models.Index(models.F('project'), models.F('subject'), models.F('executor_type'), condition=models.Q(('subject', ''), _negated=True), name='dispatch_about'),
        ),
        migrations.AddConstraint(
            model_name='dispatch',
            constraint=models.CheckConstraint(condition=models.Q(('dispatch_status__in', ['pending', 'dispatched', 'executing', 'succeeded', 'failed', 'skipped', 'cancelled'])), name='dispatch_status_known'),
        ),
        migrations.AddConstraint(
            model_name='dispatch',
            constraint=models.UniqueConstraint(condition=models.Q(('dispatch_status__in', ('pending', 'dispatched', 'executing'))), fields=('governance_event', 'executor_type'), name='dispatch_active_once'),
        ),
        migrations.AddConstraint(
            model_name='dispatch',
            constraint=models.CheckConstraint(condition=models.Q(('playbook_trust__isnull', True), models.Q(('playbook_trust__gte', 0), ('playbook_trust__lte', 1)), _connector='OR'), name='dispatch_playbook_trust'),
        ),
        migrations.AddIndex(
            model_name='selfcheckcycle',
            index=models.Index(models.F('project'), models.OrderBy(models.F('started_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='self_check_cycle_newest'),
        ),
        migrations.AddConstraint(
            model_name='selfcheckcycle',
            constraint=models.CheckConstraint(condition=models.Q(('trigger__in', ['schedule', 'manual', 'api'])), name='self_check_cycle_trigger'),
        ),
        migrations.AddConstraint(
            model_name='slodefinition',
            constraint=models.CheckConstraint(condition=models.Q(('direction__in', ['above', 'below'])), name='slo_direction'),
        ),
        migrations.AddConstraint(
            model_name='slodefinition',
            constraint=models.UniqueConstraint(fields=('project', 'name'), name='slo_definition_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='slodefinition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('direction', 'above'), ('target__gte', models.F('hard_red_line'))), models.Q(('direction', 'below'), ('target__lte', models.F('hard_red_line'))), _connector='OR'), name='slo_red_line_beyond_target'),
        ),
        migrations.AddIndex(
            model_name='slosample',
            index=models.Index(models.F('project'), models.F('slo'), models.OrderBy(models.F('evaluated_at'), descending=True), name='slo_sample_newest'),
        ),
        migrations.AddIndex(
            model_name='slosample',
            index=models.Index(models.F('project'), models.F('evaluated_at'), models.F('id'), name='slo_sample_oldest'),
        ),
        migrations.AddConstraint(
            model_name='slosample',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['ok', 'violated', 'skipped', 'error'])), name='slo_sample_status'),
        ),
        migrations.AddConstraint(
            model_name='slosample',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['ok', 'violated']), _negated=True), ('value__isnull', False), _connector='OR'), name='slo_sample_has_value'),
        ),
    ]
