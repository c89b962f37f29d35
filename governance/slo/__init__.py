"""SLOs: what the agents are held to, what Prometheus or the database says of it, and the verdict.

`definitions` what is in force; `readings` what was measured, by `prometheus` or `database` (whose
`slis` the rooms contribute); `verdicts` ok, violated, skipped or error; `evaluation` all of it.
"""
