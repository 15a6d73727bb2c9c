"""Whatever is state comes back equal from its JSON, also from the canonical text that the ledger hashes."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anything import anything
from vado.model.alert import Alert
from vado.model.codec import from_json, to_json
from vado.model.hazard import HazardState
from vado.model.plan import Plan, Verdict
from vado.model.world import AlertReceived, Decision, Difference, Impact, Message, World

KINDS = [World, Message, Plan, Alert, HazardState, Verdict, Impact, Difference, Decision, AlertReceived]


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_written_is_read_back(kind: type, data: Any) -> None:
    value = data.draw(anything(kind))
    written = to_json(value)
    assert from_json(kind, json.loads(json.dumps(written))) == value
    assert from_json(kind, json.loads(rfc8785.dumps(written))) == value


@given(data=st.data())
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_state_written_twice_is_the_same_bytes(data: Any) -> None:
    world = data.draw(anything(World))
    again = from_json(World, to_json(world))
    assert json.dumps(to_json(again)) == json.dumps(to_json(world))
