"""Who answers a stage, and what an answer must be."""

from __future__ import annotations

import pytest

from runs import status_chain
from runs.status_chain import DONE, Stage, registry
from tests.runs.status_chain import stories


def test_a_second_answer_is_refused():
    with pytest.raises(ValueError, match="registered already"):
        registry.stage("run")(lambda subjects: {})


def test_an_unknown_stage_is_refused():
    with pytest.raises(ValueError, match="unknown stage"):
        registry.stage("weather")(lambda subjects: {})


def test_every_stage_is_contributed():
    assert registry.contributed() == status_chain.STAGES


@pytest.mark.django_db
@pytest.mark.parametrize("answer", [None, {}, Stage("fine")])
def test_an_answer_of_another_shape_is_an_error(api, answer):
    key = ("awoooi", stories.alerted(api))

    def strange(subjects):
        return {key: answer} if isinstance(answer, Stage) else answer

    said = pytest.raises(TypeError, match="learning answered no Stage")
    with status_chain.registered_for_test(learning=strange), said:
        status_chain.of([key])


@pytest.mark.django_db
def test_a_contributed_stage_is_told(api):
    key = ("awoooi", stories.alerted(api))
    with status_chain.registered_for_test(learning=lambda subjects: {key: Stage(DONE)}):
        assert status_chain.of([key])[key].stages["learning"].status == DONE
