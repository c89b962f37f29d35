import awooop.clock
import django.db.models.deletion
import uuid
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('awooop', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ChannelHealth',
            fields=[
                ('channel_type', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('paused_until', models.DateTimeField(blank=True, null=True)),
                ('faults', models.PositiveIntegerField(default=0, help_text='Faults in a row.')),
                ('down_since', models.DateTimeField(blank=True, null=True)),
                ('last_error', models.CharField(blank=True, default='', max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('agent_id', models.CharField(blank=True, db_default='', default='', help_text='Whose run asks.', max_length=128)),
                ('incident_id', models.CharField(blank=True, max_length=64, null=True)),
                ('tool_name', models.CharField(max_length=128)),
                ('arguments', models.JSONField(blank=True, default=dict)),
                ('digest', models.CharField(help_text='Of run, tool, arguments, contract revision and expiry.', max_length=64)),
                ('suggested_action', models.CharField(blank=True, default='', max_length=4000)),
                ('risk_level', models.CharField(choices=[('low', 'low'), ('medium', 'medium'), ('high', 'high'), ('critical', 'critical')], default='medium', max_length=16)),
                ('status', models.CharField(choices=[('pending', 'pending'), ('approved', 'approved'), ('rejected', 'rejected'), ('expired', 'expired'), ('cancelled', 'cancelled')], default='pending', max_length=16)),
                ('required_approvals', models.PositiveSmallIntegerField(default=1)),
                ('requested_by', models.CharField(help_text='Who may not approve it.', max_length=64)),
                ('requested_at', models.DateTimeField(default=awooop.clock.now)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('resolved_at', models.DateTimeField(blank=True, null=True)),
                ('disposition', models.CharField(blank=True, max_length=32, null=True)),
                ('half_time_reminded_at', models.DateTimeField(blank=True, null=True)),
                ('last_call_reminded_at', models.DateTimeField(blank=True, null=True)),
                ('contract_revision', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.contractrevision')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
            ],
        ),
        migrations.CreateModel(
            name='ApprovalToken',
            fields=[
                ('jti', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('tool_name', models.CharField(max_length=128)),
                ('approver_id', models.CharField(max_length=64)),
                ('issued_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('redeemed_at', models.DateTimeField(blank=True, null=True)),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='token', to='runs.approval')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
            ],
        ),
        migrations.CreateModel(
            name='MovedChat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel_type', models.CharField(max_length=32)),
                ('chat_id', models.CharField(max_length=128)),
                ('moved_to', models.CharField(max_length=128)),
                ('moved_at', models.DateTimeField(default=awooop.clock.now)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('channel_type', 'chat_id'), name='moved_chat_once')],
            },
        ),
        migrations.CreateModel(
            name='OutboundMessage',
            fields=[
                ('message_id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('channel_type', models.CharField(max_length=32)),
                ('message_type', models.CharField(choices=[('approval_request', 'approval request'), ('interim', 'interim'), ('final', 'final'), ('error', 'error'), ('governance_alert', 'governance alert'), ('callback_reply', 'callback reply'), ('report', 'report')], max_length=20)),
                ('recipient', models.CharField(blank=True, default='', max_length=255)),
                ('content', models.TextField(blank=True, default='')),
                ('content_preview', models.CharField(blank=True, default='', max_length=500)),
                ('language', models.CharField(blank=True, db_default='', default='', help_text="It is worded in; empty: its project's.", max_length=16)),
                ('buttons', models.JSONField(blank=True, default=list)),
                ('send_status', models.CharField(choices=[('queued', 'queued'), ('sending', 'sending'), ('sent', 'sent'), ('failed', 'failed'), ('dead', 'dead')], default='queued', max_length=16)),
                ('send_error', models.CharField(blank=True, max_length=500, null=True)),
                ('attempt_count', models.PositiveIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(blank=True, null=True)),
                ('provider_message_id', models.CharField(blank=True, max_length=64, null=True)),
                ('queued_at', models.DateTimeField(default=awooop.clock.now)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('triggered_by_state', models.CharField(blank=True, max_length=20, null=True)),
                ('callback_action', models.CharField(blank=True, choices=[('detail', 'detail'), ('history', 'history'), ('approve', 'approve'), ('reject', 'reject')], max_length=16, null=True)),
                ('incident_id', models.CharField(blank=True, max_length=64, null=True)),
                ('claim', models.UUIDField(blank=True, editable=False, null=True)),
                ('unknown_attempts', models.PositiveSmallIntegerField(db_default=0, default=0, help_text='Attempts whose outcome nobody knows: it may have arrived more than once.')),
                ('fallback_attempts', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('fallback_sent_at', models.DateTimeField(blank=True, null=True)),
                ('edits', models.ForeignKey(blank=True, db_index=False, help_text='The message sent before that this one takes the place of.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='runs.outboundmessage')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
            ],
        ),
        migrations.AddField(
            model_name='approval',
            name='notification',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='runs.outboundmessage'),
        ),
        migrations.CreateModel(
            name='Playbook',
            fields=[
                ('playbook_id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=255)),
                ('status', models.CharField(choices=[('draft', 'draft'), ('approved', 'approved'), ('deprecated', 'deprecated'), ('archived', 'archived')], default='draft', max_length=16)),
                ('trust_score', models.DecimalField(decimal_places=3, default=Decimal('0.5'), max_digits=4)),
                ('is_trust_pinned', models.BooleanField(default=False)),
                ('success_count', models.PositiveIntegerField(default=0)),
                ('failure_count', models.PositiveIntegerField(default=0)),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('source', models.CharField(blank=True, default='', max_length=128)),
                ('metadata', models.JSONField(blank=True, default=dict)),
                ('created_at', models.DateTimeField(default=awooop.clock.now)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
            ],
        ),
        migrations.AddField(
            model_name='approval',
            name='playbook',
            field=models.ForeignKey(blank=True, db_index=False, help_text='The recipe that the agent says it follows.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='runs.playbook'),
        ),
        migrations.CreateModel(
            name='ProjectSpend',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(help_text="Its first day, in the project's time zone.")),
                ('slot', models.PositiveSmallIntegerField()),
                ('amount_usd', models.DecimalField(decimal_places=6, default=0, max_digits=18)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
            ],
            options={
                'verbose_name': "project's spend",
                'verbose_name_plural': "projects' spend",
            },
        ),
        migrations.CreateModel(
            name='RemediationRecord',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('incident_id', models.CharField(max_length=64)),
                ('work_item_id', models.CharField(blank=True, default='', max_length=128)),
                ('mode', models.CharField(choices=[('dry_run', 'dry run'), ('replay', 'replay'), ('reverify', 're-verify'), ('execute', 'execute')], max_length=16)),
                ('agent_id', models.CharField(blank=True, default='', max_length=128)),
                ('tool_name', models.CharField(blank=True, default='', max_length=128)),
                ('required_scope', models.CharField(blank=True, choices=[('read', 'read'), ('write', 'write')], max_length=8, null=True)),
                ('allowed', models.BooleanField(null=True)),
                ('success', models.BooleanField(null=True)),
                ('verification_result_preview', models.CharField(blank=True, default='', max_length=500)),
                ('writes_incident_state', models.BooleanField(null=True)),
                ('writes_auto_repair_result', models.BooleanField(null=True)),
                ('details', models.JSONField(blank=True, default=dict)),
                ('created_at', models.DateTimeField(default=awooop.clock.now)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
            ],
        ),
        migrations.CreateModel(
            name='Run',
            fields=[
                ('run_id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('agent_id', models.CharField(max_length=128)),
                ('state', models.CharField(choices=[('pending', 'pending'), ('running', 'running'), ('waiting_approval', 'waiting for approval'), ('completed', 'completed'), ('failed', 'failed'), ('cancelled', 'cancelled'), ('timed_out', 'timed out')], default='pending', max_length=20)),
                ('is_shadow', models.BooleanField(default=False)),
                ('trace_id', models.CharField(blank=True, default='', max_length=64)),
                ('trigger_type', models.CharField(default='api', max_length=32)),
                ('trigger_ref', models.CharField(blank=True, default='', max_length=255)),
                ('worker_id', models.CharField(blank=True, max_length=128, null=True)),
                ('worker_key', models.CharField(blank=True, default='', help_text='The API key that the worker claimed by.', max_length=64)),
                ('cost_usd', models.DecimalField(decimal_places=6, default=0, max_digits=12)),
                ('step_count', models.PositiveIntegerField(default=0)),
                ('attempt_count', models.PositiveIntegerField(default=0)),
                ('max_attempts', models.PositiveIntegerField(default=3)),
                ('error_code', models.CharField(blank=True, max_length=64, null=True)),
                ('error_detail', models.CharField(blank=True, max_length=10000, null=True)),
                ('created_at', models.DateTimeField(default=awooop.clock.now)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('completed_at', models.DateTimeField(blank=True, null=True)),
                ('timeout_at', models.DateTimeField(blank=True, null=True)),
                ('heartbeat_at', models.DateTimeField(blank=True, null=True)),
                ('remediation_status', models.CharField(choices=[('mcp_observed', 'MCP observed'), ('no_evidence', 'no evidence'), ('read_only_dry_run', 'read-only dry run'), ('write_observed', 'write observed'), ('blocked', 'blocked'), ('observed', 'observed')], default='no_evidence', max_length=20)),
                ('body_fingerprint', models.CharField(blank=True, default='', help_text='Of the request that made it.', max_length=64)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='awooop.project')),
            ],
        ),
        migrations.AddField(
            model_name='outboundmessage',
            name='run',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='outbound_messages', to='runs.run'),
        ),
        migrations.CreateModel(
            name='McpCall',
            fields=[
                ('call_id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('agent_id', models.CharField(max_length=128)),
                ('tool_name', models.CharField(max_length=128)),
                ('result_status', models.CharField(choices=[('allowed', 'allowed'), ('blocked', 'blocked'), ('success', 'success'), ('failed', 'failed')], max_length=16)),
                ('block_gate', models.CharField(blank=True, max_length=32, null=True)),
                ('block_reason', models.CharField(blank=True, max_length=500, null=True)),
                ('gate_result', models.JSONField(blank=True, default=dict)),
                ('latency_ms', models.PositiveIntegerField(blank=True, null=True)),
                ('by_gateway', models.BooleanField(db_default=False, default=False, help_text="Judged here, by authorize; otherwise the worker's own account of it.")),
                ('created_at', models.DateTimeField(default=awooop.clock.now)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
                ('run', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mcp_calls', to='runs.run')),
            ],
            options={
                'verbose_name': 'MCP call',
                'verbose_name_plural': 'MCP calls',
            },
        ),
        migrations.CreateModel(
            name='Execution',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('incident_id', models.CharField(max_length=64)),
                ('success', models.BooleanField()),
                ('error_message', models.CharField(blank=True, max_length=2000, null=True)),
                ('human_approved', models.BooleanField(default=False)),
                ('predicted_confidence', models.DecimalField(blank=True, decimal_places=3, max_digits=4, null=True)),
                ('created_at', models.DateTimeField(default=awooop.clock.now)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
                ('playbook', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='executions', to='runs.playbook')),
                ('run', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='executions', to='runs.run')),
            ],
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('incident_id', models.CharField(max_length=64)),
                ('verification_result', models.CharField(blank=True, choices=[('success', 'success'), ('degraded', 'degraded'), ('failed', 'failed'), ('timeout', 'timeout')], max_length=16, null=True)),
                ('snapshot', models.JSONField(blank=True, default=dict)),
                ('collected_at', models.DateTimeField(default=awooop.clock.now)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
                ('execution', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='evidence', to='runs.execution')),
                ('run', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='evidence', to='runs.run')),
            ],
            options={
                'verbose_name': 'evidence',
                'verbose_name_plural': 'evidence',
            },
        ),
        migrations.CreateModel(
            name='ChannelEvent',
            fields=[
                ('event_id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('channel_type', models.CharField(max_length=32)),
                ('provider_event_id', models.CharField(max_length=255)),
                ('channel_chat_id', models.CharField(blank=True, default='', max_length=128)),
                ('content_preview', models.CharField(blank=True, default='', max_length=500)),
                ('content_redacted', models.TextField(blank=True, default='')),
                ('is_duplicate', models.BooleanField(default=False)),
                ('is_refused', models.BooleanField(default=False, help_text='Could not be understood; kept so that nothing disappears.')),
                ('received_at', models.DateTimeField(default=awooop.clock.now)),
                ('source_envelope', models.JSONField(blank=True, default=dict)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
                ('run', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='inbound_events', to='runs.run')),
            ],
        ),
        migrations.AddField(
            model_name='approval',
            name='run',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='approvals', to='runs.run'),
        ),
        migrations.CreateModel(
            name='RunIncident',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('incident_id', models.CharField(max_length=64)),
                ('source', models.CharField(choices=[('trigger_ref', 'trigger'), ('error_detail', 'error detail'), ('inbound', 'inbound event'), ('outbound', 'outbound message')], max_length=16)),
                ('found_at', models.DateTimeField()),
                ('source_id', models.UUIDField()),
                ('ordinal', models.PositiveSmallIntegerField()),
                ('position', models.PositiveIntegerField(default=0)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='incident_links', to='runs.run')),
            ],
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('step_id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('step_seq', models.PositiveIntegerField()),
                ('tool_name', models.CharField(max_length=128)),
                ('result_status', models.CharField(default='success', max_length=32)),
                ('summary', models.CharField(blank=True, default='', max_length=500)),
                ('was_blocked', models.BooleanField(default=False)),
                ('block_reason', models.CharField(blank=True, max_length=500, null=True)),
                ('error_code', models.CharField(blank=True, max_length=64, null=True)),
                ('latency_ms', models.PositiveIntegerField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=awooop.clock.now)),
                ('completed_at', models.DateTimeField(blank=True, null=True)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='runs.run')),
            ],
        ),
        migrations.CreateModel(
            name='TelegramReply',
            fields=[
                ('reply_id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('callback_query_id', models.CharField(blank=True, default='', max_length=64)),
                ('chat_id', models.BigIntegerField(blank=True, null=True)),
                ('text', models.CharField(max_length=1000)),
                ('is_alert', models.BooleanField(default=False)),
                ('attempt_count', models.PositiveSmallIntegerField(default=0)),
                ('queued_at', models.DateTimeField(default=awooop.clock.now)),
                ('due_at', models.DateTimeField(default=awooop.clock.now)),
            ],
            options={
                'indexes': [models.Index(models.F('due_at'), name='telegram_reply_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('callback_query_id', ''), _negated=True), ('chat_id__isnull', False), _connector='OR'), name='telegram_reply_to_whom')],
            },
        ),
        migrations.CreateModel(
            name='TelegramUse',
            fields=[
                ('use_id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('action', models.CharField(choices=[('detail', 'detail'), ('history', 'history'), ('approve', 'approve'), ('reject', 'reject')], max_length=16)),
                ('telegram_user_id', models.BigIntegerField()),
                ('used_at', models.DateTimeField(default=awooop.clock.now)),
                ('message', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='runs.outboundmessage')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
            ],
        ),
        migrations.CreateModel(
            name='TruthChainSummary',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('limit', models.PositiveSmallIntegerField()),
                ('success', models.BooleanField()),
                ('generated_at', models.DateTimeField()),
                ('duration_ms', models.FloatField()),
                ('body', models.JSONField(blank=True, default=dict)),
                ('error', models.CharField(blank=True, default='', max_length=300)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
            ],
            options={
                'verbose_name': 'truth-chain summary',
                'verbose_name_plural': 'truth-chain summaries',
            },
        ),
        migrations.CreateModel(
            name='ApprovalVote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('approver', models.CharField(max_length=64)),
                ('approver_label', models.CharField(max_length=254)),
                ('decision', models.CharField(choices=[('approve', 'approve'), ('reject', 'reject')], max_length=16)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('created_at', models.DateTimeField(default=awooop.clock.now)),
                ('approval', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='votes', to='runs.approval')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
            ],
            options={
                'indexes': [models.Index(models.F('project'), models.F('approver_label'), name='approval_vote_by_label')],
                'constraints': [models.CheckConstraint(condition=models.Q(('decision__in', ['approve', 'reject'])), name='approval_vote_decision'), models.UniqueConstraint(fields=('approval', 'approver'), name='approval_vote_once')],
            },
        ),
        migrations.CreateModel(
            name='Incident',
            fields=[
                ('incident_id', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=255)),
                ('severity', models.CharField(choices=[('critical', 'critical'), ('warning', 'warning'), ('info', 'info')], default='warning', max_length=16)),
                ('status', models.CharField(choices=[('open', 'open'), ('investigating', 'investigating'), ('resolved', 'resolved')], default='open', max_length=16)),
                ('source', models.CharField(default='api', max_length=64)),
                ('fingerprint', models.CharField(blank=True, default='', help_text='The alert group it stands for.', max_length=255)),
                ('labels', models.JSONField(blank=True, default=dict)),
                ('annotations', models.JSONField(blank=True, default=dict)),
                ('recurrence_count', models.PositiveIntegerField(default=0)),
                ('opened_at', models.DateTimeField(default=awooop.clock.now)),
                ('last_seen_at', models.DateTimeField(default=awooop.clock.now)),
                ('resolved_at', models.DateTimeField(blank=True, null=True)),
                ('resolution_type', models.CharField(blank=True, choices=[('auto_repair', 'auto-repair'), ('human_approved', 'human approved'), ('manual', 'manual'), ('alert_cleared', 'alert cleared'), ('timeout', 'timeout')], max_length=16, null=True)),
                ('disposition', models.CharField(blank=True, choices=[('auto_repaired', 'auto-repaired'), ('human_approved', 'human approved'), ('manual', 'manual'), ('cleared', 'cleared'), ('timeout_ignored', 'ignored until timeout')], max_length=16, null=True)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='incidents', to='awooop.project')),
            ],
            options={
                'indexes': [models.Index(models.F('project'), models.OrderBy(models.F('opened_at'), descending=True), models.OrderBy(models.F('incident_id'), descending=True), name='incident_newest'), models.Index(models.F('project'), models.F('status'), models.OrderBy(models.F('opened_at'), descending=True), models.OrderBy(models.F('incident_id'), descending=True), name='incident_by_status')],
                'constraints': [models.CheckConstraint(condition=models.Q(('severity__in', ['critical', 'warning', 'info'])), name='incident_severity'), models.CheckConstraint(condition=models.Q(('status__in', ['open', 'investigating', 'resolved'])), name='incident_status'), models.CheckConstraint(condition=models.Q(('incident_id__regex', '^INC-[0-9]{8}-[A-Z0-9]{4,}$')), name='incident_id'), models.CheckConstraint(condition=models.Q(models.Q(('disposition__in', ['auto_repaired', 'human_approved', 'manual', 'cleared', 'timeout_ignored']), ('disposition__isnull', False), ('resolution_type__in', ['auto_repair', 'human_approved', 'manual', 'alert_cleared', 'timeout']), ('resolution_type__isnull', False), ('resolved_at__isnull', False), ('status', 'resolved')), models.Q(models.Q(('status', 'resolved'), _negated=True), ('disposition__isnull', True), ('resolution_type__isnull', True), ('resolved_at__isnull', True)), _connector='OR'), name='incident_resolution_whole'), models.UniqueConstraint(condition=models.Q(models.Q(('status', 'resolved'), _negated=True), models.Q(('fingerprint', ''), _negated=True)), fields=('project', 'fingerprint'), name='incident_one_open_per_group')],
            },
        ),
        migrations.CreateModel(
            name='LegacyMcpRecord',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('session_id', models.CharField(blank=True, default='', max_length=128)),
                ('flywheel_node', models.CharField(blank=True, default='', max_length=128)),
                ('mcp_server', models.CharField(max_length=128)),
                ('tool_name', models.CharField(max_length=128)),
                ('duration_ms', models.PositiveIntegerField(blank=True, null=True)),
                ('success', models.BooleanField(null=True)),
                ('error_message', models.CharField(blank=True, max_length=2000, null=True)),
                ('incident_id', models.CharField(blank=True, default='', max_length=64)),
                ('agent_role', models.CharField(blank=True, default='', max_length=128)),
                ('created_at', models.DateTimeField(default=awooop.clock.now)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
            ],
            options={
                'verbose_name': 'legacy MCP record',
                'verbose_name_plural': 'legacy MCP records',
                'indexes': [models.Index(models.F('project'), models.F('incident_id'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='legacy_mcp_of_incident'), models.Index(models.F('project'), models.F('created_at'), models.F('id'), name='legacy_mcp_oldest')],
            },
        ),
        migrations.AddConstraint(
            model_name='playbook',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'approved', 'deprecated', 'archived'])), name='playbook_status'),
        ),
        migrations.AddConstraint(
            model_name='playbook',
            constraint=models.CheckConstraint(condition=models.Q(('trust_score__gte', 0), ('trust_score__lte', 1)), name='playbook_trust'),
        ),
        migrations.AddConstraint(
            model_name='playbook',
            constraint=models.UniqueConstraint(fields=('project', 'name'), name='playbook_name_once'),
        ),
        migrations.AddConstraint(
            model_name='projectspend',
            constraint=models.UniqueConstraint(fields=('project', 'month', 'slot'), name='project_spend_once'),
        ),
        migrations.AddIndex(
            model_name='remediationrecord',
            index=models.Index(models.F('project'), models.F('incident_id'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='remediation_of_incident'),
        ),
        migrations.AddIndex(
            model_name='remediationrecord',
            index=models.Index(models.F('project'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('work_item_id__startswith', 'adr100:')), name='remediation_of_queue'),
        ),
        migrations.AddIndex(
            model_name='remediationrecord',
            index=models.Index(models.F('project'), models.F('created_at'), models.F('id'), name='remediation_oldest'),
        ),
        migrations.AddConstraint(
            model_name='remediationrecord',
            constraint=models.CheckConstraint(condition=models.Q(('mode__in', ['dry_run', 'replay', 'reverify', 'execute'])), name='remediation_mode'),
        ),
        migrations.AddConstraint(
            model_name='remediationrecord',
            constraint=models.CheckConstraint(condition=models.Q(('required_scope__isnull', True), ('required_scope__in', ['read', 'write']), _connector='OR'), name='remediation_scope'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(models.F('project'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('run_id'), descending=True), name='run_newest'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(models.F('project'), models.F('state'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('run_id'), descending=True), name='run_by_state'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(models.F('project'), models.F('remediation_status'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('run_id'), descending=True), name='run_by_remediation'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(models.F('project'), models.F('agent_id'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('run_id'), descending=True), name='run_by_agent'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(models.F('project'), models.F('trigger_ref'), condition=models.Q(('trigger_ref', ''), _negated=True), name='run_by_trigger_ref'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(models.F('project'), models.F('agent_id'), models.F('created_at'), condition=models.Q(('state', 'pending')), name='run_to_claim'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(models.F('project'), models.F('heartbeat_at'), condition=models.Q(('state', 'running')), name='run_heartbeats'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(models.F('project'), models.F('timeout_at'), condition=models.Q(('state__in', ['pending', 'running', 'waiting_approval'])), name='run_timeouts'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'running', 'waiting_approval', 'completed', 'failed', 'cancelled', 'timed_out'])), name='run_state'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.CheckConstraint(condition=models.Q(('remediation_status__in', ['mcp_observed', 'no_evidence', 'read_only_dry_run', 'write_observed', 'blocked', 'observed'])), name='run_remediation_status'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.CheckConstraint(condition=models.Q(('cost_usd__gte', 0)), name='run_cost_positive'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.CheckConstraint(condition=models.Q(('max_attempts__gte', 1)), name='run_max_attempts'),
        ),
        migrations.AddIndex(
            model_name='outboundmessage',
            index=models.Index(models.F('run'), models.OrderBy(models.F('queued_at'), descending=True), condition=models.Q(('run__isnull', False)), name='message_of_run'),
        ),
        migrations.AddIndex(
            model_name='outboundmessage',
            index=models.Index(models.F('project'), models.F('next_attempt_at'), condition=models.Q(('next_attempt_at__isnull', False)), name='message_due'),
        ),
        migrations.AddIndex(
            model_name='outboundmessage',
            index=models.Index(models.F('project'), models.OrderBy(models.F('queued_at'), descending=True), models.OrderBy(models.F('message_id'), descending=True), condition=models.Q(('edits__isnull', True), ('fallback_sent_at__isnull', True), ('send_status__in', ['queued', 'sending', 'failed', 'dead'])), name='message_undelivered'),
        ),
        migrations.AddIndex(
            model_name='outboundmessage',
            index=models.Index(models.F('edits'), condition=models.Q(('edits__isnull', False)), name='message_edits'),
        ),
        migrations.AddIndex(
            model_name='outboundmessage',
            index=models.Index(models.F('project'), models.F('queued_at'), models.F('message_id'), condition=models.Q(('run__isnull', True)), name='message_without_run'),
        ),
        migrations.AddIndex(
            model_name='outboundmessage',
            index=models.Index(models.F('project'), models.OrderBy(models.F('queued_at'), descending=True), models.OrderBy(models.F('message_id'), descending=True), condition=models.Q(('message_type', 'callback_reply')), name='message_callback_replies'),
        ),
        migrations.AddIndex(
            model_name='outboundmessage',
            index=models.Index(models.F('project'), models.F('incident_id'), models.OrderBy(models.F('queued_at'), descending=True), models.OrderBy(models.F('message_id'), descending=True), condition=models.Q(('incident_id__isnull', False), ('message_type', 'callback_reply')), name='message_replies_of_incident'),
        ),
        migrations.AddIndex(
            model_name='outboundmessage',
            index=models.Index(models.F('project'), models.OrderBy(models.F('queued_at'), descending=True), models.OrderBy(models.F('message_id'), descending=True), condition=models.Q(('message_type', 'callback_reply'), ('send_status__in', ['queued', 'sending', 'failed', 'dead'])), name='message_replies_unsent'),
        ),
        migrations.AddConstraint(
            model_name='outboundmessage',
            constraint=models.CheckConstraint(condition=models.Q(('message_type__in', ['approval_request', 'interim', 'final', 'error', 'governance_alert', 'callback_reply', 'report'])), name='message_type'),
        ),
        migrations.AddConstraint(
            model_name='outboundmessage',
            constraint=models.CheckConstraint(condition=models.Q(('send_status__in', ['queued', 'sending', 'sent', 'failed', 'dead'])), name='message_send_status'),
        ),
        migrations.AddConstraint(
            model_name='outboundmessage',
            constraint=models.CheckConstraint(condition=models.Q(('callback_action__isnull', True), ('callback_action__in', ['detail', 'history', 'approve', 'reject']), _connector='OR'), name='message_callback_action'),
        ),
        migrations.AddIndex(
            model_name='mcpcall',
            index=models.Index(models.F('run'), models.F('created_at'), models.F('call_id'), condition=models.Q(('run__isnull', False)), name='mcp_call_in_time'),
        ),
        migrations.AddIndex(
            model_name='mcpcall',
            index=models.Index(models.F('project'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('call_id'), descending=True), name='mcp_call_newest'),
        ),
        migrations.AddIndex(
            model_name='mcpcall',
            index=models.Index(models.F('project'), models.F('agent_id'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('call_id'), descending=True), name='mcp_call_by_agent'),
        ),
        migrations.AddIndex(
            model_name='mcpcall',
            index=models.Index(models.F('project'), models.F('tool_name'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('call_id'), descending=True), name='mcp_call_by_tool'),
        ),
        migrations.AddIndex(
            model_name='mcpcall',
            index=models.Index(models.F('project'), models.F('result_status'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('call_id'), descending=True), name='mcp_call_by_status'),
        ),
        migrations.AddIndex(
            model_name='mcpcall',
            index=models.Index(models.F('project'), models.F('block_gate'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('call_id'), descending=True), condition=models.Q(('block_gate__isnull', False)), name='mcp_call_by_gate'),
        ),
        migrations.AddConstraint(
            model_name='mcpcall',
            constraint=models.CheckConstraint(condition=models.Q(('result_status__in', ['allowed', 'blocked', 'success', 'failed'])), name='mcp_call_status'),
        ),
        migrations.AddIndex(
            model_name='execution',
            index=models.Index(models.F('project'), models.F('incident_id'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='execution_of_incident'),
        ),
        migrations.AddIndex(
            model_name='execution',
            index=models.Index(models.F('project'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='execution_newest'),
        ),
        migrations.AddIndex(
            model_name='execution',
            index=models.Index(models.F('run'), condition=models.Q(('run__isnull', False)), name='execution_of_run'),
        ),
        migrations.AddIndex(
            model_name='execution',
            index=models.Index(models.F('playbook'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('playbook__isnull', False)), name='execution_of_playbook'),
        ),
        migrations.AddConstraint(
            model_name='execution',
            constraint=models.CheckConstraint(condition=models.Q(('predicted_confidence__isnull', True), models.Q(('predicted_confidence__gte', 0), ('predicted_confidence__lte', 1)), _connector='OR'), name='execution_confidence'),
        ),
        migrations.AddIndex(
            model_name='evidence',
            index=models.Index(models.F('project'), models.F('incident_id'), models.OrderBy(models.F('collected_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='evidence_of_incident'),
        ),
        migrations.AddIndex(
            model_name='evidence',
            index=models.Index(models.F('project'), models.OrderBy(models.F('collected_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('verification_result__isnull', False)), name='evidence_verified'),
        ),
        migrations.AddIndex(
            model_name='evidence',
            index=models.Index(models.F('project'), models.OrderBy(models.F('collected_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('verification_result__in', ['degraded', 'failed', 'timeout'])), name='evidence_bad'),
        ),
        migrations.AddIndex(
            model_name='evidence',
            index=models.Index(models.F('project'), models.F('collected_at'), models.F('id'), name='evidence_oldest'),
        ),
        migrations.AddIndex(
            model_name='evidence',
            index=models.Index(models.F('run'), condition=models.Q(('run__isnull', False)), name='evidence_of_run'),
        ),
        migrations.AddIndex(
            model_name='evidence',
            index=models.Index(models.F('execution'), condition=models.Q(('execution__isnull', False)), name='evidence_of_execution'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(('verification_result__isnull', True), ('verification_result__in', ['success', 'degraded', 'failed', 'timeout']), _connector='OR'), name='evidence_result'),
        ),
        migrations.AddIndex(
            model_name='channelevent',
            index=models.Index(models.F('project'), models.OrderBy(models.F('received_at'), descending=True), models.OrderBy(models.F('event_id'), descending=True), name='channel_event_newest'),
        ),
        migrations.AddIndex(
            model_name='channelevent',
            index=models.Index(models.F('project'), models.F('channel_type'), models.OrderBy(models.F('received_at'), descending=True), models.OrderBy(models.F('event_id'), descending=True), name='channel_event_by_type'),
        ),
        migrations.AddIndex(
            model_name='channelevent',
            index=models.Index(models.F('run'), models.OrderBy(models.F('received_at'), descending=True), condition=models.Q(('run__isnull', False)), name='channel_event_of_run'),
        ),
        migrations.AddIndex(
            model_name='channelevent',
            index=models.Index(models.F('project'), models.F('provider_event_id'), name='channel_event_by_provider_id'),
        ),
        migrations.AddConstraint(
            model_name='channelevent',
            constraint=models.UniqueConstraint(condition=models.Q(('is_duplicate', False)), fields=('project', 'channel_type', 'provider_event_id'), name='channel_event_one_original'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(models.F('project'), models.F('requested_at'), models.F('id'), condition=models.Q(('status', 'pending')), name='approval_waiting'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(models.F('project'), models.F('expires_at'), condition=models.Q(('status', 'pending')), name='approval_expiry'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(models.F('project'), models.OrderBy(models.F('requested_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='approval_newest'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(models.F('project'), models.F('status'), models.OrderBy(models.F('requested_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='approval_by_status'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(models.F('project'), models.F('agent_id'), models.OrderBy(models.F('requested_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='approval_of_agent'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(models.F('project'), models.F('tool_name'), models.OrderBy(models.F('requested_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='approval_of_tool'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(models.F('playbook'), condition=models.Q(('playbook__isnull', False)), name='approval_of_playbook'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(models.F('notification'), condition=models.Q(('notification__isnull', False)), name='approval_of_message'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(models.F('run'), models.OrderBy(models.F('requested_at'), descending=True), condition=models.Q(('run__isnull', False)), name='approval_of_run'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(models.F('project'), models.F('incident_id'), models.OrderBy(models.F('requested_at'), descending=True), condition=models.Q(('incident_id__isnull', False)), name='approval_of_incident'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('risk_level__in', ['low', 'medium', 'high', 'critical'])), name='approval_risk'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'approved', 'rejected', 'expired', 'cancelled'])), name='approval_status'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('required_approvals__gte', 1)), name='approval_required_positive'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('resolved_at__isnull', True), ('status', 'pending')), models.Q(models.Q(('status', 'pending'), _negated=True), ('resolved_at__isnull', False)), _connector='OR'), name='approval_resolved_whole'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'pending')), fields=('run',), name='approval_one_pending_per_run'),
        ),
        migrations.AddIndex(
            model_name='runincident',
            index=models.Index(models.F('project'), models.F('incident_id'), models.F('run'), name='runs_of_incident'),
        ),
        migrations.AddConstraint(
            model_name='runincident',
            constraint=models.CheckConstraint(condition=models.Q(('source__in', ['trigger_ref', 'error_detail', 'inbound', 'outbound'])), name='run_incident_source'),
        ),
        migrations.AddConstraint(
            model_name='runincident',
            constraint=models.UniqueConstraint(fields=('run', 'incident_id'), name='run_incident_once'),
        ),
        migrations.AddIndex(
            model_name='step',
            index=models.Index(models.F('run'), models.F('created_at'), models.F('step_id'), name='step_in_time'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.UniqueConstraint(fields=('run', 'step_seq'), name='step_seq_once'),
        ),
        migrations.AddIndex(
            model_name='telegramuse',
            index=models.Index(models.F('message'), name='telegram_use_of_message'),
        ),
        migrations.AddConstraint(
            model_name='telegramuse',
            constraint=models.CheckConstraint(condition=models.Q(('action__in', ['detail', 'history', 'approve', 'reject'])), name='telegram_use_action'),
        ),
        migrations.AddConstraint(
            model_name='telegramuse',
            constraint=models.UniqueConstraint(condition=models.Q(('action__in', ['detail', 'history'])), fields=('message', 'action'), name='telegram_look_once'),
        ),
        migrations.AddConstraint(
            model_name='telegramuse',
            constraint=models.UniqueConstraint(condition=models.Q(('action__in', ['approve', 'reject'])), fields=('message', 'action', 'telegram_user_id'), name='telegram_decide_once'),
        ),
        migrations.AddConstraint(
            model_name='truthchainsummary',
            constraint=models.UniqueConstraint(fields=('project', 'limit', 'success'), name='truth_chain_summary_once'),
        ),
    ]
