from __future__ import annotations

import shutil

import pytest

from awooop.errors import Invalid
from governance.slo import promql
from governance.slo.definitions import BUILT_IN

P = 'project_id="shop"'


@pytest.mark.parametrize(
    ("query", "scoped"),
    [
        ("up", f"up{{{P}}}"),
        ("sli:autonomy_rate:5m", f"sli:autonomy_rate:5m{{{P}}}"),
        ("max(a) or max(b)", f"max(a{{{P}}}) or max(b{{{P}}})"),
        ('a{limit="8"}', f'a{{{P},limit="8"}}'),
        ('a {limit="8",}', f'a {{{P},limit="8",}}'),
        ("a{}", f"a{{{P}}}"),
        ("{__name__=~'a.*'}", f"{{{P},__name__=~'a.*'}}"),
        ('a{x="}",y=`{`}', f'a{{{P},x="}}",y=`{{`}}'),
        (r'a{x="\"}"}', f'a{{{P},x="\\"}}"}}'),
        ('a{project_id="other"}', f'a{{{P},project_id="other"}}'),
        ("rate(a[5m])", f"rate(a{{{P}}}[5m])"),
        ("a offset 5m", f"a{{{P}}} offset 5m"),
        ("a[5m] offset -1d", f"a{{{P}}}[5m] offset -1d"),
        ("a @ 1609746000", f"a{{{P}}} @ 1609746000"),
        ("a @ end()", f"a{{{P}}} @ end()"),
        ("max_over_time(a[1h:5m])", f"max_over_time(a{{{P}}}[1h:5m])"),
        ("sum by (job, le) (a)", f"sum by (job, le) (a{{{P}}})"),
        ("sum(a) without (job)", f"sum(a{{{P}}}) without (job)"),
        ("a / on (job) group_left (x) b", f"a{{{P}}} / on (job) group_left (x) b{{{P}}}"),
        ("a * on(job) group_left b", f"a{{{P}}} * on(job) group_left b{{{P}}}"),
        ("a == bool b", f"a{{{P}}} == bool b{{{P}}}"),
        ("a and b unless c", f"a{{{P}}} and b{{{P}}} unless c{{{P}}}"),
        ("topk(3, a)", f"topk(3, a{{{P}}})"),
        ("sum", f"sum{{{P}}}"),
        ("1e+5 * a + Inf - NaN", f"1e+5 * a{{{P}}} + Inf - NaN"),
        ("0x1F > a", f"0x1F > a{{{P}}}"),
        ('count_values("v", a)', f'count_values("v", a{{{P}}})'),
        ("a # b\n + c", f"a{{{P}}} # b\n + c{{{P}}}"),
        ("vector(1)", "vector(1)"),
        (
            'label_replace(a, "project_id", "$1", "x", "(.*)")',
            f'label_replace(a{{{P}}}, "project_id", "$1", "x", "(.*)")',
        ),
    ],
)
def test_each_selector_is_narrowed_and_nothing_else(query, scoped):
    assert promql.scoped(query, "shop") == scoped


@pytest.mark.parametrize(
    "query",
    [
        "",
        "  # only a comment",
        "or",
        "a + by",
        "and(a)",
        "a or or",
        "offset",
        "a{",
        "a}",
        "bool",
        '"unfinished',
        "a; b",
        "a $ b",
        "sum by (x{}) (a)",
        "a[b]",
    ],
)
def test_what_may_hide_a_selector_is_refused(query):
    with pytest.raises(Invalid) as refused:
        promql.scoped(query, "shop")
    assert refused.value.errors[0]["field"] == "query"


def test_the_built_in_queries_ask_of_the_project_only():
    for slo in BUILT_IN.values():
        scoped = promql.scoped(slo.query, "shop")
        selectors = 2 if " or " in slo.query else 1
        assert scoped.count(P) == selectors == scoped.count("{")


@pytest.mark.needs_program("promtool")
@pytest.mark.parametrize("query", [slo.query for slo in BUILT_IN.values()])
def test_what_was_scoped_is_still_promql(query, tmp_path):
    import subprocess

    expr = promql.scoped(query, "shop").replace("'", "''")
    rules = f"groups: [{{name: g, rules: [{{record: x, expr: '{expr}'}}]}}]"
    (tmp_path / "rules.yml").write_text(rules)
    command = [shutil.which("promtool"), "check", "rules", str(tmp_path / "rules.yml")]
    checked = subprocess.run(command, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
