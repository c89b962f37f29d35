"""The whole API against its own document: right and wrong requests that schemathesis invents.

Whatever comes in, whoever's key it is: no 500, no status that the document does not name, no answer
that breaks its schema. `FUZZ_EXAMPLES=500` asks for more of each than a build does.
"""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from tests import factories
from tests.fuzz.calling import ask
from tests.fuzz.examples import EXAMPLES
from tests.walks import addresses
from tests.walks.asking import undone
from tests.walks.world import World

pytestmark = pytest.mark.django_db
load_all_checks()
SCHEMA = schemathesis.openapi.from_dict(addresses.document())
OPERATIONS = sorted(addresses.operations())
WANTED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
CHECKED = [CHECKS.get_one(name) for name in WANTED]

SCOPES = ("read", "ingest", "decide", "govern")


@pytest.fixture(scope="module")
def keys(mine, theirs) -> dict[str, str | None]:
    """A key for each scope, one with all, one for every project, their own, and none."""
    own = {scope: factories.api_key(mine.project_id, scopes=(scope,)) for scope in SCOPES}
    return own | {
        "all": mine.key,
        "every project": factories.api_key(None),
        "theirs": theirs.key,
        "none": None,
    }


def known_ids(case: Any, worlds: tuple[World, World], pick: Any) -> None:
    """Put ids that exist, of my project or theirs, where the case has invented some."""
    world = worlds[pick(st.integers(0, 1))]
    for name in list(case.path_parameters or {}):
        ident = world.ident(name, pick(st.integers(0, 1)))
        if ident is not None:
            case.path_parameters[name] = str(ident)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_answer_is_one_that_the_document_names(name, mode, worlds, keys):
    method, path = name.split(" ")
    operation = SCHEMA[addresses.API + path][method]

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def each(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        if data.draw(st.booleans(), label="ids that exist"):
            known_ids(case, worlds, data.draw)
        key = keys[data.draw(st.sampled_from(sorted(keys)), label="key")]
        with undone():
            case.validate_response(ask(case, key), checks=CHECKED)

    each()
