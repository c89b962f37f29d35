"""Events, dispatches, self-checks, SLOs and drift: the agents' own record, checked."""
