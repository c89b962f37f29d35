"""Outbound webhooks and their deliveries, kept apart by project."""

import awooop.clock
import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models

from awooop.rls import ProjectPolicy


class Migration(migrations.Migration):

    dependencies = [
        ('awooop', '0013_second_factors'),
    ]

    operations = [
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
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
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
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
                ('subscription', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='awooop.webhooksubscription')),
            ],
            options={
                'verbose_name_plural': 'webhook deliveries',
            },
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
        ProjectPolicy("WebhookSubscription"),
        ProjectPolicy("WebhookDelivery"),
    ]
