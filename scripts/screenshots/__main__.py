"""`make screenshots`: each page at three widths, in both themes and languages, into screenshots/.

    make screenshots PICTURES="--only run --widths 360 --themes dark --sets hostile"

Three sets of data, each on a throw-away server: `demo`, `empty` and `hostile` (names without end,
three scripts, markup). With BASE_URL it takes the pages of that server instead, as the account
EMAIL with PASSWORD, into screenshots/server/.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab

from scripts.screenshots import hostile, server, walk
from scripts.screenshots.pages import PAGES, ROOMS, Page

OUT = server.ROOT / "screenshots"
LANGUAGES = {"en": "en-GB", "zh-hant": "zh-TW"}
SETS = ("demo", "empty", "hostile")
_TALLEST = 4_000  # what is below says nothing new


def main() -> int:
    """Take them; answer how many pages complained."""
    asked = _arguments()
    begun, wrong = time.monotonic(), 0
    with walk.chromium() as browser:
        for name in asked.sets:
            table = ROOMS if name == "empty" else PAGES
            found = [page for page in table if asked.only in page.name]
            with _served(browser, name) as walker_in:
                for language in asked.languages:
                    walker = walker_in(LANGUAGES[language])
                    folder = OUT / name / language
                    wrong += sum(_take(walker, page, folder, asked) for page in found)
    print(f"screenshots/ is there after {time.monotonic() - begun:.0f} s.")
    return 1 if wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make screenshots")
    own = ["server"] if os.environ.get("BASE_URL") else list(SETS)
    parser.add_argument("--sets", nargs="+", default=own, choices=[*SETS, "server"])
    parser.add_argument("--only", default="", help="pages whose name has this in it")
    parser.add_argument("--widths", nargs="+", type=int, default=walk.WIDTHS, choices=walk.WIDTHS)
    parser.add_argument("--themes", nargs="+", default=walk.THEMES, choices=walk.THEMES)
    parser.add_argument("--languages", nargs="+", default=list(LANGUAGES), choices=LANGUAGES)
    return parser.parse_args()


@contextmanager
def _served(browser: Browser, data: str) -> Iterator[Callable[[str], walk.Walker]]:
    """Serve a set of data; hand over what makes a walker of a locale."""
    if data == "server":
        account = (os.environ["EMAIL"], os.environ["PASSWORD"])
        readers = {"admin": account, "viewer": account}
        yield partial(walk.Walker, browser, os.environ["BASE_URL"], readers, _renderer({}))
        return
    with server.throw_away(demo=data == "demo") as made:
        if data != "demo":
            name = hostile.LONG[:64] if data == "hostile" else "Awoooi"
            made.manage("createproject", server.PROJECT, "--name", name)
        if data == "hostile":
            key = made.manage(
                "createapikey", "--project", server.PROJECT, "--name", "pictures",
                "--scopes", "read,ingest,govern",
            )  # fmt: skip
            hostile.write(made.base_url, key)
        yield partial(walk.Walker, browser, made.base_url, made.accounts(), _renderer(made.env))


def _renderer(env: dict[str, str]) -> Callable[[str], str]:
    """Render what no address gives (a fault of the server) as the server itself would."""

    def render(template: str) -> str:
        code = f"from django.template import loader; print(loader.render_to_string({template!r}))"
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
            cwd=server.ROOT, env=os.environ | env, check=True, text=True, stdout=subprocess.PIPE,
        )  # fmt: skip
        return done.stdout

    return render


def _take(walker: walk.Walker, page: Page, folder: Path, asked: argparse.Namespace) -> bool:
    try:
        tab = walker.visit(page)
    except walk.NotThere as missing:
        print(f"  {_set(folder)} {page.name:<24} not there: {missing}")
        return False
    for width in asked.widths:
        for theme in asked.themes:
            walk.show(tab, width, theme)
            _shoot(tab, folder / f"{page.name}-{width}-{theme}.png", width)
    for complaint in walker.complaints:
        print(f"  {_set(folder)} {page.name:<24} {complaint}", file=sys.stderr)
    return bool(walker.complaints)


def _set(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}".ljust(16)


def _shoot(tab: Tab, path: Path, width: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    tall = tab.evaluate("document.documentElement.scrollHeight")
    clip = {"x": 0, "y": 0, "width": width, "height": min(tall, _TALLEST)}
    tab.screenshot(path=path, full_page=True, clip=clip, animations="disabled", timeout=60_000)


if __name__ == "__main__":
    sys.exit(main())
