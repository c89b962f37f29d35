"""Projects kept apart by the database."""

from django.db import migrations

from awooop.rls import ProjectPolicy

MODELS = ("KnowledgeEntry", "KnowledgeRevision", "SearchTerm", "SpellingVariant")


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0001_initial"), ("awooop", "0002_policies")]

    operations = [ProjectPolicy(model) for model in MODELS]
