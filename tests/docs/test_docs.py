"""docs/: its reference says what the code says, and no link in it leads nowhere."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from scripts.docs import build, licences, markdown, reference

# What may stand in a program that anybody runs and changes; a new one is looked at by a person.
FREE = ("MIT", "BSD", "Apache", "ISC", "PSF", "Python Software", "MPL", "Mozilla", "PostgreSQL",
        "LGPL", "Lesser", "HPND", "Unlicense", "0BSD", "CC0", "Zope", "ZPL")  # fmt: skip


def test_the_reference_is_not_stale():
    names = [str(path.relative_to(build.ROOT)) for path in reference.stale()]
    assert names == [], "run `make docs`"


def test_the_pages_build_and_every_link_leads_somewhere(tmp_path):
    command = "from pathlib import Path; import sys; from scripts.docs import build; "
    command += f"sys.exit(build.html(Path({str(tmp_path)!r})))"
    done = subprocess.run(
        [sys.executable, "-c", command], cwd=build.ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert (tmp_path / "html" / "integration-guide.html").is_file()


@pytest.mark.parametrize(("name", "licence"), [(one[0], one[2]) for one in licences.packages()])
def test_each_package_is_free_software(name, licence):
    assert any(word in licence for word in FREE), f"{name}: {licence}"


def test_a_cell_cannot_end_its_table():
    assert markdown.table(["a"], [["one | two\nthree"]]).splitlines()[2] == r"| one \| two three |"


def test_what_the_threat_model_names_is_there():
    text = (build.ROOT / "SECURITY.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:tests|scripts)/[\w/.]+)`", text))
    assert len(named) > 20
    assert [name for name in sorted(named) if not (build.ROOT / name).exists()] == []
