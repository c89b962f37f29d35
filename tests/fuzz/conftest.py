from tests.walks.conftest import mine, root, theirs, worlds

__all__ = ["mine", "root", "theirs", "worlds"]
