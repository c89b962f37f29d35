"""The table of docs/retention.md says what the rules do."""

from __future__ import annotations

from pathlib import Path

from awooop.retention import rules

TABLE = [
    [cell.strip() for cell in line.strip("|\n ").split("|")]
    for line in Path("docs/retention.md").read_text().splitlines()
    if line.startswith("| `")
]
AGES = {name.strip(" `"): row[2] for row in TABLE for name in row[0].split(",")}


def test_each_rule_is_in_the_table_with_its_age():
    for rule in rules():
        days = f"{rule.days} day" if rule.days else "`RETENTION_DAYS`"
        assert AGES[rule.name].startswith(days), rule.name


def test_the_table_names_no_rule_that_is_not_there():
    assert set(AGES) == {rule.name for rule in rules()}
