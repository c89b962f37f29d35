from tests.walks.conftest import mine, theirs, worlds

__all__ = ["mine", "theirs", "worlds"]
