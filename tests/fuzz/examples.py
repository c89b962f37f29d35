"""How many examples of each: few in a build, as many as one likes with `FUZZ_EXAMPLES=500`."""

from __future__ import annotations

import os

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "10"))
