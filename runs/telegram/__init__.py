"""The Telegram Bot API: a client, what it refuses, and how our messages look there."""
