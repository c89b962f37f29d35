"""The decision box is drawn in Python: whatever a request says stays text."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.safestring import SafeString

from awooop import decision_box, design_samples
from awooop.markup import format_html

EVIL = '<b a="x">&\'{0}{x}%(y)s</b>'
SAID = "&lt;b a=&quot;x&quot;&gt;&amp;&#x27;{0}{x}%(y)s&lt;/b&gt;"
LINE = {"label": EVIL, "text": EVIL, "href": EVIL, "note": EVIL, "status": "success",
        "links": [{"text": EVIL, "status": "failed"}, {"text": EVIL, "status": EVIL, "href": EVIL}],
        }  # fmt: skip


@pytest.fixture
def evil() -> dict:
    texts = ("title", "href", "agent_id", "tool_name", "arguments", "arguments_head", "digest",
             "select", "incident_id", "incident_href", "reason", "error", "decide_href",
             "extend_href", "key", "risk_level")  # fmt: skip
    given = design_samples._decision("critical", 1, 20)
    return {
        **given,
        **dict.fromkeys(texts, EVIL),
        "argument_lines": 2,
        "required_approvals": 3,
        "must_confirm": True,
        "presets": [EVIL],
        "stop": {"told": EVIL, "href": EVIL},
        **{part: [LINE] for part in ("changes", "evidence", "record")},
    }


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_no_value_becomes_markup(evil, language):
    with translation.override(language):
        drawn = decision_box.draw(evil, EVIL)
        shut = decision_box.draw({**evil, "decide_href": "", "why_not": EVIL})
    assert "<b a=" not in drawn
    assert "<b a=" not in shut
    assert drawn.count(SAID) > 60
    assert shut.count(SAID) > 40


def test_what_is_markup_already_stays(evil):
    folded = SafeString("<details>…</details>")
    assert "<dd><details>…</details></dd>" in decision_box.facts([{"label": "x", "text": folded}])


def test_a_box_without_what_is_optional():
    given = design_samples._decision("low", 1, 20)
    for name in ("arguments", "evidence", "digest", "incident_id", "expires_at", "decide_href"):
        given[name] = None
    drawn = decision_box.draw(given)
    assert "Without arguments." in drawn
    assert "No evidence was attached." in drawn
    assert "<form" not in drawn
    assert "no expiry" in drawn
    assert "None" not in drawn


def test_the_form_carries_the_token_and_what_the_keys_press():
    page = Template("{% load decisions %}{% decision_box d %}")
    shown = page.render(
        Context({"d": design_samples._decision("medium", 7, 20), "csrf_token": "tok"})
    )
    assert '<input type="hidden" name="csrfmiddlewaretoken" value="tok">' in shown
    for key in ("a", "r", "e"):
        assert f'data-key="{key}"' in shown
    assert 'hx-target="#decision-sample-7"' in shown
    assert 'name="confirm_with"' not in shown


def test_markup_is_filled_as_djangos_own_does():
    assert format_html("{}|{}|{}", "<", SafeString("<i>"), None) == "&lt;|<i>|None"
    with translation.override("en"):
        assert format_html("{}", translation.gettext_lazy("Approve")) == "Approve"
