"""Projects kept apart by the database."""

from django.db import migrations

from awooop.rls import ProjectPolicy

MODELS = (
    "Incident",
    "Run",
    "RunIncident",
    "Step",
    "ChannelEvent",
    "OutboundMessage",
    "McpCall",
    "LegacyMcpRecord",
    "RemediationRecord",
    "Playbook",
    "Execution",
    "Evidence",
    "Approval",
    "ApprovalVote",
    "ApprovalToken",
)


class Migration(migrations.Migration):
    dependencies = [("runs", "0001_initial"), ("awooop", "0002_policies")]

    operations = [ProjectPolicy(model) for model in MODELS]
