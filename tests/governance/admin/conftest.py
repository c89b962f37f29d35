"""Who administers: the same people as in the kernel's own admin tests."""

from tests.awooop.admin.conftest import admin_page, project_admin, root, root_page

__all__ = ["admin_page", "project_admin", "root", "root_page"]
