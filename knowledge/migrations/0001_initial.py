import awooop.clock
import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('awooop', '0001_initial'),
        ('runs', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='KnowledgeEntry',
            fields=[
                ('entry_id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=255, verbose_name='title')),
                ('content', models.TextField(blank=True, help_text='Markdown.', max_length=200000, verbose_name='content')),
                ('entry_type', models.CharField(choices=[('runbook', 'runbook'), ('incident_learning', 'incident learning'), ('anti_pattern', 'anti-pattern'), ('playbook_note', 'playbook note'), ('reference', 'reference'), ('review_draft', 'review draft')], default='runbook', max_length=20, verbose_name='type')),
                ('category', models.CharField(blank=True, default='', max_length=128, verbose_name='category')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), blank=True, default=list, size=None, verbose_name='tags')),
                ('status', models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('approved', 'approved'), ('archived', 'archived')], default='draft', max_length=16, verbose_name='status')),
                ('alertname', models.CharField(blank=True, default='', help_text='The name of the alert that it is about.', max_length=255, verbose_name='alert')),
                ('source', models.CharField(blank=True, default='', help_text='Where it comes from: a repository, an incident; empty: written here.', max_length=255, verbose_name='source')),
                ('source_path', models.CharField(blank=True, default='', max_length=500, verbose_name='path')),
                ('source_digest', models.CharField(blank=True, default='', help_text='Of what was imported last.', max_length=64)),
                ('metadata', models.JSONField(blank=True, default=dict, help_text='What its source says beside, such as its licence.')),
                ('owner', models.CharField(blank=True, default='', max_length=128, verbose_name='owner')),
                ('view_count', models.PositiveIntegerField(default=0)),
                ('related_incident_id', models.CharField(blank=True, max_length=64, null=True, verbose_name='incident')),
                ('governance_event_id', models.UUIDField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(default=awooop.clock.now)),
                ('updated_at', models.DateTimeField(default=awooop.clock.now)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
                ('related_approval', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='runs.approval', verbose_name='approval')),
                ('related_playbook', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='runs.playbook', verbose_name='playbook')),
                ('superseded_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='knowledge.knowledgeentry', verbose_name='superseded by')),
            ],
            options={
                'verbose_name': 'knowledge entry',
                'verbose_name_plural': 'knowledge entries',
            },
        ),
        migrations.CreateModel(
            name='KnowledgeRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=255)),
                ('content', models.TextField(blank=True)),
                ('editor', models.CharField(max_length=254)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('created_at', models.DateTimeField(default=awooop.clock.now)),
                ('entry', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='knowledge.knowledgeentry')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
            ],
            options={
                'verbose_name': 'knowledge revision',
            },
        ),
        migrations.CreateModel(
            name='SearchTerm',
            fields=[
                ('pk', models.CompositePrimaryKey('entry_id', 'term', blank=True, editable=False, primary_key=True, serialize=False)),
                ('entry_id', models.UUIDField()),
                ('term', models.CharField(db_collation='C', max_length=80)),
                ('weight', models.PositiveSmallIntegerField()),
                ('project', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
            ],
        ),
        migrations.CreateModel(
            name='SpellingVariant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('variant', models.CharField(db_collation='C', max_length=40)),
                ('word', models.CharField(max_length=40)),
                ('project', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='awooop.project')),
            ],
        ),
        migrations.AddIndex(
            model_name='knowledgeentry',
            index=models.Index(models.F('project'), models.OrderBy(models.F('updated_at'), descending=True), models.OrderBy(models.F('entry_id'), descending=True), name='knowledge_newest'),
        ),
        migrations.AddIndex(
            model_name='knowledgeentry',
            index=models.Index(models.F('project'), models.F('status'), models.OrderBy(models.F('updated_at'), descending=True), models.OrderBy(models.F('entry_id'), descending=True), name='knowledge_by_status'),
        ),
        migrations.AddIndex(
            model_name='knowledgeentry',
            index=models.Index(models.F('project'), models.F('entry_type'), models.OrderBy(models.F('updated_at'), descending=True), models.OrderBy(models.F('entry_id'), descending=True), name='knowledge_by_type'),
        ),
        migrations.AddIndex(
            model_name='knowledgeentry',
            index=models.Index(models.F('project'), models.F('category'), models.OrderBy(models.F('updated_at'), descending=True), models.OrderBy(models.F('entry_id'), descending=True), name='knowledge_by_category'),
        ),
        migrations.AddIndex(
            model_name='knowledgeentry',
            index=models.Index(condition=models.Q(('status', 'archived'), _negated=True), fields=['project', 'updated_at', 'entry_id'], include=('view_count', 'related_incident_id', 'related_playbook', 'related_approval'), name='knowledge_stale'),
        ),
        migrations.AddIndex(
            model_name='knowledgeentry',
            index=models.Index(models.F('project'), models.F('created_at'), name='knowledge_created'),
        ),
        migrations.AddIndex(
            model_name='knowledgeentry',
            index=models.Index(models.F('project'), models.F('related_incident_id'), condition=models.Q(('related_incident_id__isnull', False)), name='knowledge_of_incident'),
        ),
        migrations.AddIndex(
            model_name='knowledgeentry',
            index=models.Index(models.F('related_approval'), condition=models.Q(('related_approval__isnull', False)), name='knowledge_of_approval'),
        ),
        migrations.AddIndex(
            model_name='knowledgeentry',
            index=models.Index(models.F('project'), models.F('alertname'), models.OrderBy(models.F('updated_at'), descending=True), condition=models.Q(('alertname', ''), _negated=True), name='knowledge_of_alert'),
        ),
        migrations.AddConstraint(
            model_name='knowledgeentry',
            constraint=models.CheckConstraint(condition=models.Q(('entry_type__in', ['runbook', 'incident_learning', 'anti_pattern', 'playbook_note', 'reference', 'review_draft'])), name='knowledge_entry_type'),
        ),
        migrations.AddConstraint(
            model_name='knowledgeentry',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'review', 'approved', 'archived'])), name='knowledge_status'),
        ),
        migrations.AddConstraint(
            model_name='knowledgeentry',
            constraint=models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='knowledge_version_positive'),
        ),
        migrations.AddConstraint(
            model_name='knowledgeentry',
            constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='knowledge_title_given'),
        ),
        migrations.AddConstraint(
            model_name='knowledgeentry',
            constraint=models.CheckConstraint(condition=models.Q(('superseded_by__isnull', True), ('status', 'archived'), _connector='OR'), name='knowledge_superseded_is_archived'),
        ),
        migrations.AddConstraint(
            model_name='knowledgeentry',
            constraint=models.UniqueConstraint(condition=models.Q(('source_path', ''), _negated=True), fields=('project', 'source', 'source_path'), name='knowledge_source_once'),
        ),
        migrations.AddConstraint(
            model_name='knowledgerevision',
            constraint=models.UniqueConstraint(fields=('entry', 'version'), name='knowledge_revision_once'),
        ),
        migrations.AddIndex(
            model_name='searchterm',
            index=models.Index(models.F('project'), models.F('term'), models.OrderBy(models.F('weight'), descending=True), models.F('entry_id'), name='knowledge_term'),
        ),
        migrations.AddIndex(
            model_name='spellingvariant',
            index=models.Index(models.F('project'), models.F('variant'), models.F('word'), name='knowledge_spelling'),
        ),
    ]
