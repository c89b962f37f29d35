"""A month of invented history for a demo project: plausible, consistent, and the same each time."""
