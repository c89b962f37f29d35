"""What every app's admin is made of: rows by project, roles, guarded writes."""

from awooop.admin_base.acting import ActingAdmin
from awooop.admin_base.acts import Act
from awooop.admin_base.display import as_json
from awooop.admin_base.filters import ProjectFilter
from awooop.admin_base.forms import RefusableForm
from awooop.admin_base.platform import PlatformAdmin
from awooop.admin_base.registry import RegistryAdmin
from awooop.admin_base.scoped import ReadOnlyAdmin, ReadOnlyInline, ScopedAdmin

__all__ = [
    "Act",
    "ActingAdmin",
    "PlatformAdmin",
    "ProjectFilter",
    "ReadOnlyAdmin",
    "ReadOnlyInline",
    "RefusableForm",
    "RegistryAdmin",
    "ScopedAdmin",
    "as_json",
]
