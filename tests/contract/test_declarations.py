"""What the contract declares once is what every side has: permissions, use cases, routes."""

import inspect
import re
from typing import Any, get_type_hints

import pytest

from lattice_console.backends.wire import ROUTES
from lattice_console.contract import calls
from lattice_console.contract.backend import FACETS
from lattice_console.contract.permissions import RULES
from lattice_console.engine import engine  # noqa: F401 - registers the use cases
from lattice_console.engine.features.registry import USE_CASES
from tests.support.samples import SAMPLES, WITHOUT_MEMBERSHIP

JANITORS = {"executions.recover"}
"""Writes that compare nothing and can be repeated by their nature."""

READING = {"documents.validate", "events.since", "events.lookers", "health.check", "specs.chain", "mutations.impact"}
"""Flows that write nothing."""


def test_every_facet_method_has_a_row_in_the_permission_table() -> None:
    assert set(RULES) == {*calls.names(), "events.subscribe"}


def test_every_facet_method_has_a_use_case_and_a_route() -> None:
    assert set(USE_CASES) == set(calls.names())
    assert set(ROUTES) == set(calls.names())


def test_every_facet_method_has_a_sample_call() -> None:
    assert set(SAMPLES) == set(calls.names()) - WITHOUT_MEMBERSHIP


@pytest.mark.parametrize("name", calls.names())
def test_a_use_case_takes_exactly_what_the_contract_declares(name: str) -> None:
    run = USE_CASES[name].run
    own = list(inspect.signature(run).parameters.values())[1:]
    assert [parameter.kind for parameter in own] == [inspect.Parameter.KEYWORD_ONLY] * len(own)
    assert [parameter.default for parameter in own] == [inspect.Parameter.empty] * len(own)
    declared = _declared(name)
    wanted = [parameter.name for parameter in calls.call(name).parameters if parameter.name != "idempotency_key"]
    assert [parameter.name for parameter in own] == wanted
    hints = get_type_hints(run)
    # The engine only reads the dictionary of metadata, so it says less.
    differing = [name for name in wanted if hints[name] != declared[name] and name != "metadata"]
    assert differing == []


@pytest.mark.parametrize("name", calls.names())
def test_a_use_case_returns_what_the_contract_declares(name: str) -> None:
    assert get_type_hints(USE_CASES[name].run)["return"] == _declared(name)["return"]


@pytest.mark.parametrize("name", calls.names())
def test_every_write_takes_an_expected_version_and_an_idempotency_key(name: str) -> None:
    parameters = {parameter.name for parameter in calls.call(name).parameters}
    safe = {"expected_version", "idempotency_key"} & parameters
    writes = "expected_version" in get_type_hints(USE_CASES[name].run) or USE_CASES[name].kind == "write"
    assert safe == ({"expected_version", "idempotency_key"} if writes and name not in JANITORS else set())


def test_no_two_calls_share_a_route() -> None:
    shapes = [(verb, re.sub(r"\{\w+\}", "{}", path)) for verb, path in ROUTES.values()]
    assert len(set(shapes)) == len(shapes)


@pytest.mark.parametrize("name", calls.names())
def test_a_route_names_parameters_of_its_call_and_reads_by_get_only_what_is_read(name: str) -> None:
    verb, path = ROUTES[name]
    assert set(re.findall(r"\{(\w+)\}", path)) <= {parameter.name for parameter in calls.call(name).parameters}
    assert verb != "GET" or USE_CASES[name].kind == "read" or name in READING


def _declared(name: str) -> dict[str, Any]:
    facet, _, method = name.partition(".")
    return get_type_hints(getattr(FACETS[facet], method))
