"""The gateway's policy: five gates before a tool is called."""
