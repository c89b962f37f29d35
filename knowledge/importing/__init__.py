"""Bring knowledge in and out: JSON Lines, and folders of Markdown in a git checkout."""
