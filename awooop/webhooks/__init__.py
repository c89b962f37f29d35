"""Outbound webhooks: events of a project, posted and signed, to where its administrators say."""
