"""`make docs`: write the reference pages and build docs/ as HTML; a wrong link fails the build."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from scripts.docs import build, reference


def main() -> int:
    """Write the reference, build the pages; answer the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; name what is stale")
    parser.add_argument("--external", action="store_true", help="also ask the links to other sites")
    parser.add_argument("--out", type=Path, default=build.ROOT / "build" / "docs")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as data_dir:
        os.environ["AWOOOP_DATA_DIR"] = data_dir  # what the reference says depends on no machine
        stale = reference.stale() if options.check else reference.write()
    for path in stale:
        print(f"{'stale: ' if options.check else 'written: '}{path.relative_to(build.ROOT)}")
    if options.check and stale:
        return 1
    code = build.html(options.out)
    if code == 0 and options.external:
        code = build.external_links(options.out)
    return code


if __name__ == "__main__":
    sys.exit(main())
