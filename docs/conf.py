"""Sphinx's configuration: Markdown as it is read in the repository, and nothing fetched."""

project = "AwoooP"
author = "the AwoooP authors"
extensions = ["myst_parser"]
exclude_patterns = ["examples/*/node_modules"]
myst_heading_anchors = 4
myst_heading_slug_func = "github"
myst_enable_extensions = ["colon_fence"]
html_theme = "alabaster"
html_theme_options = {
    "description": "The operator console and governance layer for AI agents",
    "fixed_sidebar": True,
    "page_width": "1100px",
}
html_show_sourcelink = False
# An ellipsis in an example is no JSON; it is shown all the same.
suppress_warnings = ["misc.highlighting_failure"]
linkcheck_ignore = [r"http://127\.0\.0\.1.*", r"http://localhost.*"]
