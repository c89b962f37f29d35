"""How much there is of everything at a scale of so many runs: the proportions of the table."""

from __future__ import annotations

from dataclasses import dataclass

PROJECTS = 20
STEPS, CALLS, EVENTS, MESSAGES, LEGACY = 4, 5, 2, 2, 2  # of each run
WAITING_AT_MOST = 1_000
REST_OF_KNOWLEDGE = 100  # another project has a hundredth of the first one's entries


@dataclass(frozen=True)
class Scale:
    """The counts that follow from the number of runs."""

    runs: int
    seed: int = 1

    @property
    def waiting(self) -> int:
        """Runs that wait for a decision, all in the first project: the newest."""
        return min(WAITING_AT_MOST, self.runs // 10)

    @property
    def open(self) -> int:
        """Runs that are not over."""
        return self.waiting + self.waiting // 2

    @property
    def playbooks(self) -> int:
        """Playbooks of all projects."""
        return max(PROJECTS, self.runs // 100)

    @property
    def entries_of_first(self) -> int:
        """Knowledge entries of the first project, which is asked about them."""
        return max(20, self.runs // 10)

    @property
    def entries_of_other(self) -> int:
        """Knowledge entries of each other project."""
        return max(2, self.entries_of_first // REST_OF_KNOWLEDGE)

    @property
    def entries(self) -> int:
        """Knowledge entries of all projects; a fifth of them is stale."""
        return self.entries_of_first + (PROJECTS - 1) * self.entries_of_other

    @property
    def reviews(self) -> int:
        """Owner reviews that were queued: one in ten stale entries of the first project."""
        return max(4, self.entries_of_first // 50)
