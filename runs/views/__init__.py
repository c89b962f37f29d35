"""The pages of runs, approvals, incidents and channels; thin."""
