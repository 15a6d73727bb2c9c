"""Downloading a place, against answers of our own making, served by a server of our own."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest

from little_map import drives
from vado.errors import OutsideError, RegionError, VadoError
from vado.feeds import osm_place
from vado.model.raw_roads import RawRoads
from vado.network.build import build
from vado.store.data import load_profiles

GOLDEN = Path(__file__).parents[2] / "golden" / "feeds" / "osm_place"


class Servers:
    """Nominatim and Overpass in one; answers can be replaced."""

    def __init__(self) -> None:
        self.nominatim: Any = json.loads((GOLDEN / "nominatim.json").read_text(encoding="utf-8"))
        self.network: Any = json.loads((GOLDEN / "overpass_network.json").read_text(encoding="utf-8"))
        self.features: Any = json.loads((GOLDEN / "overpass_features.json").read_text(encoding="utf-8"))
        self.status = 200
        self.asked: list[str] = []
        self.agents: set[str] = set()
        servers = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._send(servers.nominatim, 200)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                query = parse_qs(body)["data"][0]
                servers.asked.append(query)
                self._send(servers.network if '["highway"~' in query else servers.features, servers.status)

            def _send(self, answer: Any, status: int) -> None:
                servers.agents.add(self.headers["User-Agent"])
                content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"

    def read(self, **more: Any) -> RawRoads:
        return osm_place.read("Selva", overpass_url=self.url + "/api", nominatim_url=self.url, **more)


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Servers]:
    monkeypatch.setattr("osmnx._nominatim.time.sleep", lambda _s: None)  # it waits a second to be polite
    found = Servers()
    thread = Thread(target=found.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield found
    found.http.shutdown()
    found.http.server_close()
    thread.join()


def test_a_place_is_read_as_mapped(servers: Servers) -> None:
    raw = servers.read()
    assert raw.source == "Selva, Invented Province, downloaded, data of 2026-01-02"
    assert raw.way_id.tolist() == [11, 12, 13, 14]
    assert raw.way_nodes.tolist() == [101, 102, 102, 103, 106, 102, 104, 105, 102, 107]
    assert raw.node_id.tolist() == [101, 102, 103, 104, 105, 106, 107]
    assert raw.node_tags == ((105, (("barrier", "bollard"),)),)
    assert [(t.id, t.from_ways, t.via_nodes, t.to_ways) for t in raw.turns] == [(301, (11,), (102,), (11,))]
    assert dict(raw.places[0].tags) == {
        "place": "town", "name": "Selva", "name:fr": "La Selve", "population": "1234",
    }  # fmt: skip
    assert "OpenStreetMap" in raw.attribution


def test_it_becomes_a_region(servers: Servers) -> None:
    roads = build(servers.read(), load_profiles(), name="selva")
    ends = zip(roads.node_osm[roads.edge_from], roads.node_osm[roads.edge_to], strict=True)
    pairs = {(int(a), int(b)) for a, b in ends}
    assert pairs >= {(101, 102), (102, 101), (102, 106), (106, 102), (105, 102)}
    assert (102, 105) not in pairs
    # 102 is nearer, but has copies (nobody may turn round there, nor soon behind it, on the way to 106); 104
    # is on a one-way that leads nowhere else.
    assert roads.node_osm[roads.places.node].tolist() == [101]
    assert roads.places.name == ("Selva",)
    assert roads.turn_enforced.tolist() == [True]
    assert drives(roads, "4x4") > drives(roads, "car")


def test_what_is_asked_for(servers: Servers) -> None:
    servers.read()
    network, features = servers.asked
    assert "residential" in network
    assert "footway" not in network
    assert "'place'='hamlet'" in features
    assert "'restriction'" in features
    assert all(agent.startswith("vado/") for agent in servers.agents)


def test_osmnx_is_left_as_it_was(servers: Servers) -> None:
    import osmnx

    before = {name: getattr(osmnx.settings, name) for name in dir(osmnx.settings) if name[0] != "_"}
    resolve = socket.getaddrinfo
    servers.read()
    servers.nominatim = []
    with pytest.raises(RegionError):
        servers.read()
    assert {name: getattr(osmnx.settings, name) for name in before} == before
    assert socket.getaddrinfo is resolve


def refused(servers: Servers) -> VadoError:
    with pytest.raises(VadoError) as caught:
        servers.read()
    return caught.value


def test_a_name_that_leads_nowhere(servers: Servers) -> None:
    servers.nominatim = []
    fault = refused(servers)
    assert fault.code == "E1305"
    assert "'Selva'" in str(fault)


def test_a_name_that_leads_to_a_point(servers: Servers) -> None:
    servers.nominatim[0]["geojson"] = {"type": "Point", "coordinates": [1.5, 42.5]}
    assert refused(servers).code == "E1305"


def test_a_place_without_roads(servers: Servers) -> None:
    servers.network["elements"] = []
    servers.features["elements"] = []
    assert refused(servers).code == "E1302"


def test_an_answer_that_was_cut_short_is_no_smaller_place(servers: Servers) -> None:
    servers.network["remark"] = 'runtime error: Query timed out in "query" at line 1 after 180 seconds.'
    fault = refused(servers)
    assert fault.code == "E2002"
    assert "timed out" in str(fault)


@pytest.mark.parametrize("part", ["network", "features"])
def test_an_answer_that_is_no_json(part: str, servers: Servers) -> None:
    setattr(servers, part, b"<html>busy</html>")
    assert refused(servers).code == "E2002"


@pytest.mark.parametrize("status", [400, 403, 500, 503])
def test_a_server_that_refuses(status: int, servers: Servers) -> None:
    servers.status = status
    fault = refused(servers)
    assert fault.code == "E2002"
    assert str(status) in str(fault)


def test_a_server_that_stays_busy_is_given_up(servers: Servers) -> None:
    servers.status = 429
    assert refused(servers).code == "E2002"
    assert len(servers.asked) == osm_place.BUSY_MAX


def test_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("osmnx._nominatim.time.sleep", lambda _s: None)
    with socket.socket() as taken:  # bound, not listening: whoever connects is refused
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(OutsideError) as caught:
            osm_place.read("Selva", overpass_url=url, nominatim_url=url)
    assert caught.value.code == "E2002"


def test_progress(servers: Servers) -> None:
    told: list[str] = []
    servers.read(progress=lambda stage, _done, _total: told.append(stage))
    assert told[0] == "finding the place"
    assert told.count("downloading") == 3
