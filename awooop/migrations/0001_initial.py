import awooop.clock
import awooop.models.fields
import awooop.models.user
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
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
        migrations.CreateModel(
            name='Project',
            fields=[
                ('project_id', models.CharField(max_length=64, primary_key=True, serialize=False, validators=[django.core.validators.RegexValidator('\\A[a-z0-9][a-z0-9-]{0,63}\\Z', 'Lower-case letters, digits and hyphens.')])),
                ('display_name', models.CharField(max_length=200)),
                ('migration_mode', models.CharField(choices=[('legacy', 'legacy'), ('shadow', 'shadow'), ('canary', 'canary'), ('active', 'active')], default='active', max_length=16)),
                ('budget_limit_usd', models.DecimalField(blank=True, decimal_places=4, help_text='Per calendar month; empty: no limit.', max_digits=12, null=True)),
                ('is_active', models.BooleanField(default=True)),
                ('timezone', models.CharField(default='Asia/Taipei', max_length=64, validators=[awooop.models.fields.validate_time_zone])),
                ('message_language', models.CharField(blank=True, choices=[('', 'as the installation says'), ('en', 'English'), ('zh-hant', '繁體中文')], db_default='', default='', help_text='Of cards, reminders, alerts and reports to its chat.', max_length=16)),
                ('default_agent_id', models.CharField(default='sre-agent', help_text='The agent that a run is queued for when an alert opens an incident.', max_length=128)),
                ('requires_second_factor', models.BooleanField(default=False, help_text='Members sign in with a second factor, or add one before anything else.')),
                ('approve_reasons', models.TextField(blank=True, db_default='', default='', help_text='Offered where an approval is approved, one on a line; empty: the usual ones.', validators=[awooop.models.fields.validate_lines])),
                ('reject_reasons', models.TextField(blank=True, db_default='', default='', help_text='Offered where an approval is rejected, one on a line; empty: the usual ones.', validators=[awooop.models.fields.validate_lines])),
                ('is_demo', models.BooleanField(default=False, help_text='Made by the demo command: its history is invented.')),
                ('created_at', models.DateTimeField(default=awooop.clock.now, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='AuditRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.BigIntegerField()),
                ('action', models.CharField(max_length=64)),
                ('resource_type', models.CharField(max_length=64)),
                ('resource_id', models.CharField(max_length=128)),
                ('actor', models.CharField(max_length=254)),
                ('actor_kind', models.CharField(choices=[('user', 'user'), ('api_key', 'API key'), ('telegram', 'Telegram'), ('system', 'system')], max_length=16)),
                ('details', models.JSONField(default=dict)),
                ('run_id', models.UUIDField(null=True)),
                ('request_id', models.CharField(default='', max_length=64)),
                ('created_at', models.DateTimeField(default=awooop.clock.now)),
                ('key_id', models.CharField(max_length=16)),
                ('prev_hash', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='AuthenticatorApp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sealed_secret', models.TextField(editable=False)),
                ('last_step', models.BigIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(default=awooop.clock.now, editable=False)),
            ],
            options={
                'verbose_name': 'authenticator app',
                'verbose_name_plural': 'authenticator apps',
            },
        ),
        migrations.CreateModel(
            name='ContractRevision',
            fields=[
                ('revision_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('contract_id', models.CharField(max_length=128)),
                ('contract_family', models.CharField(choices=[('agent', 'agent'), ('tool_policy', 'tool policy'), ('channel', 'channel'), ('budget', 'budget')], max_length=16)),
                ('lifecycle_status', models.CharField(choices=[('draft', 'draft'), ('active', 'active'), ('deprecated', 'deprecated'), ('retired', 'retired')], default='draft', max_length=16)),
                ('body', models.JSONField(default=dict)),
                ('body_hash', models.CharField(editable=False, max_length=64)),
                ('version_major', models.PositiveIntegerField(default=1)),
                ('version_minor', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=awooop.clock.now, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='CounterDelta',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=128)),
                ('labels', models.JSONField(default=dict)),
                ('value', models.DecimalField(decimal_places=6, max_digits=24)),
                ('created_at', models.DateTimeField(default=awooop.clock.now)),
            ],
        ),
        migrations.CreateModel(
            name='CounterTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=128)),
                ('labels', models.JSONField(default=dict)),
                ('value', models.DecimalField(decimal_places=6, default=0, max_digits=24)),
            ],
        ),
        migrations.CreateModel(
            name='Lease',
            fields=[
                ('key', models.CharField(max_length=200, primary_key=True, serialize=False)),
                ('holder', models.CharField(max_length=200)),
                ('acquired_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ListPreference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('page', models.CharField(max_length=64)),
                ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), blank=True, null=True, size=None)),
                ('default_view', models.UUIDField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('viewer', 'viewer'), ('operator', 'operator'), ('knowledge_owner', 'knowledge owner'), ('project_admin', 'project administrator')], max_length=24)),
                ('created_at', models.DateTimeField(default=awooop.clock.now, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('note_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('subject_type', models.CharField(choices=[('run', 'run'), ('incident', 'incident'), ('governance_event', 'governance event')], max_length=24)),
                ('subject_id', models.CharField(max_length=64)),
                ('body', models.CharField(max_length=4000)),
                ('author', models.CharField(help_text='Who may change it.', max_length=64)),
                ('author_label', models.CharField(max_length=254)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(default=awooop.clock.now)),
                ('edited_at', models.DateTimeField(blank=True, null=True)),
                ('struck_at', models.DateTimeField(blank=True, null=True)),
                ('struck_by', models.CharField(blank=True, default='', max_length=254)),
            ],
        ),
        migrations.CreateModel(
            name='NoteVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('body', models.CharField(max_length=4000)),
                ('written_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='OwnView',
            fields=[
                ('view_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('page', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=80)),
                ('query', models.CharField(blank=True, default='', max_length=2000)),
                ('created_at', models.DateTimeField(default=awooop.clock.now, editable=False)),
                ('deleted_at', models.DateTimeField(blank=True, help_text='Can be undone for 30 days.', null=True)),
            ],
        ),
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
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('created_at', models.DateTimeField(default=awooop.clock.now, editable=False)),
            ],
            options={
                'verbose_name': 'recovery code',
                'verbose_name_plural': 'recovery codes',
            },
        ),
        migrations.CreateModel(
            name='SecurityKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100)),
                ('credential_id', models.BinaryField(unique=True)),
                ('public_key', models.BinaryField()),
                ('sign_count', models.BigIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(default=awooop.clock.now, editable=False)),
                ('last_used_at', models.DateTimeField(editable=False, null=True)),
            ],
            options={
                'verbose_name': 'security key',
                'verbose_name_plural': 'security keys',
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session_data', models.TextField(verbose_name='session data')),
                ('session_key', models.CharField(editable=False, max_length=40, unique=True)),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='ends at')),
                ('ident', models.UUIDField(db_index=True, null=True)),
                ('signed_in_at', models.DateTimeField(null=True)),
                ('last_seen_at', models.DateTimeField(default=awooop.clock.now)),
                ('address', models.GenericIPAddressField(null=True)),
                ('user_agent', models.CharField(blank=True, default='', max_length=300)),
                ('method', models.CharField(blank=True, default='', max_length=40)),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
            },
        ),
        migrations.CreateModel(
            name='SharedView',
            fields=[
                ('view_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('page', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=80)),
                ('query', models.CharField(blank=True, default='', max_length=2000)),
                ('created_at', models.DateTimeField(default=awooop.clock.now, editable=False)),
                ('deleted_at', models.DateTimeField(blank=True, help_text='Can be undone for 30 days.', null=True)),
            ],
        ),
        migrations.CreateModel(
            name='SingleSignOnIdentity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issuer', models.CharField(max_length=300)),
                ('subject', models.CharField(max_length=255)),
                ('created_at', models.DateTimeField(default=awooop.clock.now, editable=False)),
            ],
            options={
                'verbose_name': 'single sign-on identity',
                'verbose_name_plural': 'single sign-on identities',
            },
        ),
        migrations.CreateModel(
            name='Stop',
            fields=[
                ('stop_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('scope', models.CharField(choices=[('all', 'everything'), ('project', 'a project'), ('agent', 'an agent'), ('tool', 'a tool')], max_length=16)),
                ('agent_id', models.CharField(blank=True, default='', max_length=128)),
                ('tool_name', models.CharField(blank=True, default='', max_length=128)),
                ('reason', models.CharField(max_length=500)),
                ('stopped_by', models.CharField(max_length=254)),
                ('stopped_at', models.DateTimeField(default=awooop.clock.now)),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
                ('lifted_by', models.CharField(blank=True, default='', max_length=254)),
                ('lift_reason', models.CharField(blank=True, default='', max_length=500)),
            ],
            options={
                'verbose_name': 'stop',
                'verbose_name_plural': 'stops',
            },
        ),
        migrations.CreateModel(
            name='TaskHeartbeat',
            fields=[
                ('kind', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('last_started_at', models.DateTimeField(null=True)),
                ('last_success_at', models.DateTimeField(null=True)),
                ('last_failure_at', models.DateTimeField(null=True)),
                ('last_error', models.CharField(blank=True, default='', max_length=500)),
                ('last_result', models.JSONField(default=dict)),
                ('last_duration_ms', models.PositiveIntegerField(null=True)),
                ('runs', models.BigIntegerField(default=0)),
                ('failures', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='TelegramAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('telegram_user_id', models.BigIntegerField(unique=True)),
                ('telegram_name', models.CharField(blank=True, default='', max_length=128)),
                ('linked_at', models.DateTimeField(default=awooop.clock.now)),
            ],
        ),
        migrations.CreateModel(
            name='TelegramLinkCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hash', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(default=awooop.clock.now)),
                ('expires_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('delivery_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=64)),
                ('body', models.TextField()),
                ('status', models.CharField(choices=[('queued', 'queued'), ('sending', 'sending'), ('failed', 'failed'), ('delivered', 'delivered'), ('dead', 'given up')], default='queued', max_length=16)),
                ('attempt_count', models.PositiveIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(null=True)),
                ('claim', models.UUIDField(null=True)),
                ('last_status', models.PositiveSmallIntegerField(null=True)),
                ('last_error', models.CharField(blank=True, default='', max_length=300)),
                ('attempts', models.JSONField(default=list)),
                ('created_at', models.DateTimeField(default=awooop.clock.now)),
                ('delivered_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name_plural': 'webhook deliveries',
            },
        ),
        migrations.CreateModel(
            name='WebhookSubscription',
            fields=[
                ('subscription_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100)),
                ('url', models.CharField(max_length=500)),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), size=None)),
                ('is_active', models.BooleanField(default=True)),
                ('secret', models.TextField(editable=False)),
                ('old_secret', models.TextField(default='', editable=False)),
                ('old_secret_until', models.DateTimeField(editable=False, null=True)),
                ('created_by', models.CharField(max_length=254)),
                ('created_at', models.DateTimeField(default=awooop.clock.now)),
                ('failing_since', models.DateTimeField(null=True)),
                ('paused_until', models.DateTimeField(null=True)),
                ('disabled_at', models.DateTimeField(null=True)),
                ('disabled_reason', models.CharField(blank=True, default='', max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                ('time_zone', models.CharField(default='Asia/Taipei', max_length=64, validators=[awooop.models.fields.validate_time_zone], verbose_name='time zone')),
                ('language', models.CharField(blank=True, choices=[('', 'as the browser asks'), ('en', 'English'), ('zh-hant', '繁體中文')], default='', max_length=16, verbose_name='language')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            managers=[
                ('objects', awooop.models.user.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('prefix', models.CharField(editable=False, max_length=16, unique=True)),
                ('hash', models.CharField(editable=False, max_length=64)),
                ('origin_prefix', models.CharField(blank=True, default='', editable=False, max_length=16)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('read', 'read'), ('ingest', 'ingest'), ('decide', 'decide'), ('govern', 'govern')], max_length=16), size=4)),
                ('created_at', models.DateTimeField(default=awooop.clock.now, editable=False)),
                ('last_used_at', models.DateTimeField(blank=True, editable=False, help_text='The last write, to the minute; a read writes nothing, not even this.', null=True)),
                ('rate_limit', models.PositiveIntegerField(blank=True, help_text='Requests a second; empty: as many as API_RATE_LIMIT says, 0: any number.', null=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('successor', models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='predecessor', to='awooop.apikey')),
            ],
            options={
                'verbose_name': 'API key',
                'verbose_name_plural': 'API keys',
            },
        ),
        migrations.CreateModel(
            name='AuditHead',
            fields=[
                ('project', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='awooop.project')),
                ('seq', models.BigIntegerField(default=0)),
                ('hash', models.CharField(max_length=64)),
            ],
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('migration_mode__in', ['legacy', 'shadow', 'canary', 'active'])), name='project_migration_mode'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('message_language__in', ['', 'en', 'zh-hant'])), name='project_message_language'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('project_id__regex', '^[a-z0-9][a-z0-9-]{0,63}$')), name='project_id_slug'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('budget_limit_usd__gte', 0)), name='project_budget_positive'),
        ),
        migrations.AddField(
            model_name='auditanchor',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project'),
        ),
        migrations.AddField(
            model_name='apikey',
            name='project',
            field=models.ForeignKey(blank=True, help_text='Empty: every project (only a superuser makes such a key).', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='api_keys', to='awooop.project'),
        ),
        migrations.AddField(
            model_name='auditrecord',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project'),
        ),
        migrations.AddField(
            model_name='authenticatorapp',
            name='user',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='authenticator_app', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='contractrevision',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='awooop.project'),
        ),
        migrations.AddConstraint(
            model_name='countertotal',
            constraint=models.UniqueConstraint(fields=('name', 'labels'), name='counter_once'),
        ),
        migrations.AddField(
            model_name='listpreference',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='membership',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='awooop.project'),
        ),
        migrations.AddField(
            model_name='membership',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='note',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project'),
        ),
        migrations.AddField(
            model_name='noteversion',
            name='note',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='awooop.note'),
        ),
        migrations.AddField(
            model_name='noteversion',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project'),
        ),
        migrations.AddField(
            model_name='ownview',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='recoverycode',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='securitykey',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='security_keys', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='session',
            name='user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sharedview',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sharedview',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project'),
        ),
        migrations.AddField(
            model_name='singlesignonidentity',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identities', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='stop',
            name='project',
            field=models.ForeignKey(blank=True, db_index=False, help_text='Empty: every project (only a superuser places such a stop).', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project'),
        ),
        migrations.AddField(
            model_name='telegramaccount',
            name='user',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='telegram_account', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='telegramlinkcode',
            name='user',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='webhookdelivery',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project'),
        ),
        migrations.AddField(
            model_name='webhooksubscription',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project'),
        ),
        migrations.AddField(
            model_name='webhookdelivery',
            name='subscription',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='awooop.webhooksubscription'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='awooop_user_email_ci'),
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
        migrations.AddConstraint(
            model_name='apikey',
            constraint=models.CheckConstraint(condition=models.Q(('scopes__contained_by', ['read', 'ingest', 'decide', 'govern']), ('scopes__len__gt', 0)), name='api_key_scopes'),
        ),
        migrations.AddIndex(
            model_name='auditrecord',
            index=models.Index(models.F('project'), models.F('resource_type'), models.F('resource_id'), models.F('seq'), name='audit_of_resource'),
        ),
        migrations.AddIndex(
            model_name='auditrecord',
            index=models.Index(models.F('project'), models.F('run_id'), models.F('seq'), condition=models.Q(('run_id__isnull', False)), name='audit_of_run'),
        ),
        migrations.AddIndex(
            model_name='auditrecord',
            index=models.Index(models.F('project'), models.F('created_at'), models.F('seq'), name='audit_by_time'),
        ),
        migrations.AddIndex(
            model_name='auditrecord',
            index=models.Index(models.F('project'), models.F('actor'), models.F('created_at'), models.F('seq'), name='audit_by_actor'),
        ),
        migrations.AddIndex(
            model_name='auditrecord',
            index=models.Index(models.F('project'), models.F('action'), models.F('created_at'), models.F('seq'), name='audit_by_action'),
        ),
        migrations.AddConstraint(
            model_name='auditrecord',
            constraint=models.CheckConstraint(condition=models.Q(('actor_kind__in', ['user', 'api_key', 'telegram', 'system'])), name='audit_actor_kind'),
        ),
        migrations.AddConstraint(
            model_name='auditrecord',
            constraint=models.UniqueConstraint(fields=('project', 'seq'), name='audit_seq_once'),
        ),
        migrations.AddIndex(
            model_name='contractrevision',
            index=models.Index(models.F('project'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('revision_id'), descending=True), name='contract_newest'),
        ),
        migrations.AddConstraint(
            model_name='contractrevision',
            constraint=models.CheckConstraint(condition=models.Q(('contract_family__in', ['agent', 'tool_policy', 'channel', 'budget'])), name='contract_family'),
        ),
        migrations.AddConstraint(
            model_name='contractrevision',
            constraint=models.CheckConstraint(condition=models.Q(('lifecycle_status__in', ['draft', 'active', 'deprecated', 'retired'])), name='contract_lifecycle_status'),
        ),
        migrations.AddConstraint(
            model_name='contractrevision',
            constraint=models.UniqueConstraint(condition=models.Q(('lifecycle_status', 'active')), fields=('project', 'contract_id'), name='contract_one_active'),
        ),
        migrations.AddConstraint(
            model_name='contractrevision',
            constraint=models.UniqueConstraint(fields=('project', 'contract_id', 'version_major', 'version_minor'), name='contract_version_once'),
        ),
        migrations.AddConstraint(
            model_name='listpreference',
            constraint=models.UniqueConstraint(fields=('user', 'page'), name='list_preference_once'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['viewer', 'operator', 'knowledge_owner', 'project_admin'])), name='membership_role'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(fields=('user', 'project'), name='membership_once'),
        ),
        migrations.AddIndex(
            model_name='note',
            index=models.Index(models.F('project'), models.F('subject_type'), models.F('subject_id'), models.F('created_at'), models.F('note_id'), name='note_of_subject'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.CheckConstraint(condition=models.Q(('subject_type__in', ['run', 'incident', 'governance_event'])), name='note_subject'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('struck_at__isnull', True), ('struck_by', '')), models.Q(('struck_at__isnull', False), models.Q(('struck_by', ''), _negated=True)), _connector='OR'), name='note_struck_whole'),
        ),
        migrations.AddConstraint(
            model_name='noteversion',
            constraint=models.UniqueConstraint(fields=('note', 'version'), name='note_version_once'),
        ),
        migrations.AddConstraint(
            model_name='ownview',
            constraint=models.UniqueConstraint(condition=models.Q(('deleted_at__isnull', True)), fields=('owner', 'page', 'name'), name='own_view_name_once'),
        ),
        migrations.AddConstraint(
            model_name='sharedview',
            constraint=models.UniqueConstraint(condition=models.Q(('deleted_at__isnull', True)), fields=('project', 'page', 'name'), name='shared_view_name_once'),
        ),
        migrations.AddConstraint(
            model_name='singlesignonidentity',
            constraint=models.UniqueConstraint(fields=('issuer', 'subject'), name='sso_subject_once'),
        ),
        migrations.AddConstraint(
            model_name='singlesignonidentity',
            constraint=models.UniqueConstraint(fields=('user', 'issuer'), name='sso_issuer_once'),
        ),
        migrations.AddIndex(
            model_name='stop',
            index=models.Index(models.OrderBy(models.F('stopped_at'), descending=True), models.OrderBy(models.F('stop_id'), descending=True), name='stop_newest'),
        ),
        migrations.AddConstraint(
            model_name='stop',
            constraint=models.CheckConstraint(condition=models.Q(('scope__in', ['all', 'project', 'agent', 'tool'])), name='stop_scope'),
        ),
        migrations.AddConstraint(
            model_name='stop',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('agent_id', ''), ('project', None), ('scope', 'all'), ('tool_name', '')), models.Q(('agent_id', ''), ('project__isnull', False), ('scope', 'project'), ('tool_name', '')), models.Q(('scope', 'agent'), ('tool_name', ''), models.Q(('agent_id', ''), _negated=True)), models.Q(('agent_id', ''), ('scope', 'tool'), models.Q(('tool_name', ''), _negated=True)), _connector='OR'), name='stop_target'),
        ),
        migrations.AddConstraint(
            model_name='stop',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='stop_reason'),
        ),
        migrations.AddConstraint(
            model_name='stop',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lift_reason', ''), ('lifted_at', None), ('lifted_by', '')), models.Q(('lifted_at__isnull', False), models.Q(('lifted_by', ''), _negated=True), models.Q(('lift_reason', ''), _negated=True)), _connector='OR'), name='stop_lifted'),
        ),
        migrations.AddConstraint(
            model_name='stop',
            constraint=models.UniqueConstraint(django.db.models.functions.comparison.Coalesce('project', models.Value('')), models.F('agent_id'), models.F('tool_name'), condition=models.Q(('lifted_at', None)), name='stop_one_open'),
        ),
        migrations.AddConstraint(
            model_name='webhooksubscription',
            constraint=models.UniqueConstraint(fields=('project', 'name'), name='webhook_name_once'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(models.F('project'), models.F('next_attempt_at'), condition=models.Q(('next_attempt_at__isnull', False)), name='webhook_delivery_due'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(models.F('project'), models.F('created_at'), models.F('delivery_id'), name='webhook_delivery_newest'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(models.F('subscription'), models.F('created_at'), models.F('delivery_id'), name='webhook_delivery_of_one'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['queued', 'sending', 'failed', 'delivered', 'dead'])), name='webhook_delivery_status'),
        ),
    ]
