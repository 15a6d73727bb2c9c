"""Whatever bytes come: alerts or a named refusal, never anything else, never a smaller hazard in silence."""

from __future__ import annotations

from pathlib import Path

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from vado import feeds
from vado.errors import PayloadError
from vado.model.alert import Alert

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "feeds"
MESSAGES = [
    path.read_bytes()
    for path in sorted(
        [
            *(GOLDEN / "cap").glob("*.xml"),
            *(GOLDEN / "closures").glob("*.geojson"),
            *(GOLDEN / "weather").glob("*.body"),
        ]
    )
]
WHOLE = [body for body in MESSAGES if len(body) > 200]


def outcome(body: bytes) -> tuple[Alert, ...] | None:
    try:
        return feeds.parse(body, source="any", received_s=1_768_035_600)
    except PayloadError as error:
        refused = error
    assert all(fault.code.startswith("E1") and fault.action for fault in refused.faults)
    return None


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes(body: bytes) -> None:
    outcome(body)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(WHOLE), st.data())
def test_a_message_cut_off_is_never_taken_in(body: bytes, data: st.DataObject) -> None:
    end = data.draw(st.integers(0, len(body.rstrip()) - 1))
    assert outcome(body[:end]) is None


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(WHOLE), st.data())
def test_a_message_with_changed_bytes(body: bytes, data: st.DataObject) -> None:
    changed = bytearray(body)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(changed) - 1))
        piece = data.draw(
            st.one_of(st.binary(max_size=4), st.sampled_from([b"NaN", b"-", b"<", b"null", b"[]", b"1e9"]))
        )
        changed[at : at + data.draw(st.integers(0, 6))] = piece
    outcome(bytes(changed))


@settings(max_examples=100, deadline=None)
@given(
    # Within half of the world: a wider ring may be one that crosses the antimeridian.
    st.lists(st.tuples(st.floats(-90, 90), st.floats(-89, 89)), min_size=3, max_size=30, unique=True),
    st.booleans(),
)
def test_every_vertex_of_a_polygon_arrives(points: list[tuple[float, float]], closed: bool) -> None:
    ring = [*points, points[0]] if closed else points
    text = " ".join(f"{lat!r},{lon!r}" for lat, lon in ring)
    alerts = outcome(
        b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>a</identifier><sender>s</sender>'
        b"<sent>2026-01-10T09:00:00Z</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>"
        b"<info><event>Flood</event><area><polygon>" + text.encode() + b"</polygon></area></info></alert>"
    )
    if alerts is not None:  # None: all on one line
        (polygon,) = alerts[0].infos[0].areas[0].polygons
        if any("extent" in note for note in alerts[0].notes):  # a strip around the line they lie on
            strip = shapely.Polygon(polygon.outer).buffer(1e-6)
            assert all(strip.covers(shapely.Point(lon, lat)) for lat, lon in points)
            return
        assert polygon.outer == tuple((lon, lat) for lat, lon in [*points, points[0]])
