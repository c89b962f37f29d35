"""`python -m bench`: measure one scale, or compare two revisions."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.pinning import ANYWHERE, Pins
from bench.server import ROOT

RUNS, PORT = 10_000, 8113


def main() -> None:
    """Read the arguments and do as they say."""
    given = _arguments()
    if given.compare:
        _compare(given)
        return
    if given.growth:
        _growth(given)
        return
    with data_dir(given.data_dir, keep=given.keep) as folder:
        os.environ |= {"AWOOOP_DATA_DIR": str(folder), "LOG_LEVEL": "ERROR"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "awooop.settings"
        from bench import whole

        whole.prepare()
        import django

        django.setup()
        from bench import report

        found = whole.measure(
            given.runs,
            given.port,
            _tell,
            only=given.only,
            end=given.end,
            lenient=given.lenient,
            pins=given.cores,
        )
        for path in report.write(found, Path(given.results)):
            _tell(f"wrote {path}")
        sys.stdout.write(report.markdown(found))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help=f"how many runs (default {RUNS:,})")
    parser.add_argument("--port", type=int, default=PORT, help="the server's port on loopback")
    parser.add_argument("--only", default="", help="measures whose name contains this")
    parser.add_argument("--end", default="", help="when the history ends (ISO 8601)")
    parser.add_argument("--data-dir", default="", help="keep the data there, and use what is there")
    parser.add_argument("--keep", action="store_true", help="leave the data and the database")
    parser.add_argument("--lenient", action="store_true", help="pass over measures that fail")
    parser.add_argument("--results", default=str(ROOT / "build" / "bench"), help="folder")
    parser.add_argument(
        "--cores",
        type=Pins.of,
        default=ANYWHERE,
        help="hold what is measured to these (0,1), and the client to another",
    )
    parser.add_argument("--growth", nargs=2, metavar="JSON", help="results of two scales")
    parser.add_argument("--compare", nargs=2, metavar="REVISION", help="two revisions; . is here")
    return parser.parse_args()


def _compare(given: argparse.Namespace) -> None:
    from bench import compare

    found = compare.compare(*given.compare, given.runs, given.port, given.only, _tell)
    sys.stdout.write(compare.markdown(found, *given.compare))


def _growth(given: argparse.Namespace) -> None:
    from bench import report

    small, large = (json.loads(Path(name).read_text()) for name in given.growth)
    sys.stdout.write(report.growth(small, large))


@contextlib.contextmanager
def data_dir(named: str, *, keep: bool) -> Iterator[Path]:
    """Answer a data directory with its database running; unless it is to be kept it is thrown
    away afterwards, its server stopped."""
    folder = Path(named or tempfile.mkdtemp(prefix="awooop-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # the database may run as another account
    manage = [sys.executable, str(ROOT / "manage.py"), "db"]
    environment = {**os.environ, "AWOOOP_DATA_DIR": str(folder)}
    subprocess.run([*manage, "start"], env=environment, check=True, stdout=subprocess.DEVNULL)
    try:
        yield folder
    finally:
        if not keep:
            from django.db import connections

            connections.close_all()
            subprocess.run([*manage, "stop", "--force"], env=environment, check=False)
            shutil.rmtree(folder, ignore_errors=True)
        else:
            _tell(f"kept: {folder}")


def _tell(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
