"""Projects kept apart by the database."""

from django.db import migrations

from awooop.rls import ProjectPolicy

MODELS = (
    "GovernanceEvent",
    "Dispatch",
    "SelfCheckCycle",
    "CheckThreshold",
    "SloSample",
    "DriftFingerprint",
)


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial"), ("awooop", "0002_policies")]

    operations = [
        *[ProjectPolicy(model) for model in MODELS],
        # Definitions without a project (for all of them) are visible in the registry's scope only.
        ProjectPolicy("SloDefinition", registry=True),
    ]
