"""Each page says where one is, and leads back from there."""

from __future__ import annotations

import pytest

from tests.walks import addresses, tables
from tests.walks.asking import by_login

pytestmark = pytest.mark.django_db
PAGES = [
    name
    for name in tables.walked(tables.PAGES, addresses.pages())
    if tables.PAGES[name].look not in (None, tables.OPEN) and name != "home"
]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_where_one_is(mine, root, name):
    html = by_login(root).page(tables.page_url(name, mine)).text_read
    if 'class="page-head"' not in html:  # a redirect, or a file
        return
    crumbs = html.split('class="crumbs"')[1].split("</nav>")[0]
    assert '<a href="/">' in crumbs
