"""What is supervised: the web server and the background cluster."""

from __future__ import annotations

import shutil
import sys

from awooop.config import ROOT, Config
from awooop.supervisor.child import Child
from awooop.supervisor.watch import cluster_stands_still


def web(config: Config) -> Child:
    """Answer the web server: several processes with a few threads each."""
    options = {
        "interface": "wsgi",
        "host": config.host,
        "port": config.port,
        "workers": config.web_workers,
        "blocking-threads": config.web_threads,
        "workers-kill-timeout": 5,
        "log-level": "warning",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    flags += ["--respawn-failed-workers", "--no-ws"]
    metrics = config.data_dir / "metrics"

    def empty_metrics() -> None:
        # One file per process: those of dead processes would be counted for ever.
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir(parents=True, exist_ok=True)

    return Child(
        "web",
        [sys.executable, "-m", "granian", *flags, "awooop.wsgi:application"],
        cwd=ROOT,
        env={"AWOOOP_WEB": "1"},
        grace_s=7,
        before_start=empty_metrics,
    )


def cluster() -> Child:
    """Answer the background cluster, replaced as a whole when it stands still."""
    return Child(
        "cluster",
        [sys.executable, "-m", "awooop.supervisor.qcluster"],
        cwd=ROOT,
        stands_still=cluster_stands_still,
    )
