"""Roads of a named place, downloaded from OpenStreetMap through osmnx, as mapped.

In goes a name ("Andorra"), out come the same `RawRoads` as from a file. osmnx finds the place's outline
(Nominatim), cuts large ones up, keeps to the servers' rules and asks Overpass. Its answers are taken as they
come, because its graph keeps neither the order of a way's nodes nor turn restrictions. An answer that a
server cut short is refused (E2002), never taken for a smaller place. osmnx takes over a second to load: only
when asked.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np

from vado import __version__
from vado.errors import OutsideError, RegionError
from vado.model.raw_roads import (
    DRIVABLE_CLASSES,
    OSM_ATTRIBUTION,
    PLACE_KINDS,
    RESTRICTION_KEYS,
    RawPlace,
    RawRoads,
    RawTurn,
    RawWays,
    barrier_tags,
    find_pass_name,
    notes_on,
    place_tags,
    turn_tags,
)

Progress = Callable[[str, int, int | None], None]
BUSY_MAX = 5  # how often a server may say that it is busy (osmnx waits 55 s each time) before we give up
_BUSY = (429, 504)


def read(
    place: str,
    *,
    progress: Progress | None = None,
    overpass_url: str | None = None,
    nominatim_url: str | None = None,
) -> RawRoads:
    """Download a place. The addresses are for those who run servers of their own.

    Raises RegionError E1305 where the name leads to no area, E1302 where it holds no road; OutsideError E2002
    where a server cannot be reached or gives less than was asked for.
    """
    import osmnx
    from osmnx._errors import CacheOnlyInterruptError

    tell = progress or (lambda _stage, _done, _total: None)
    answers = _Answers(tell)
    with _settings(osmnx.settings, answers, overpass_url, nominatim_url), _faults_named(place):
        tell("finding the place", 0, None)
        outline = osmnx.geocode_to_gdf(place)
        polygon = outline.union_all()
        tell("downloading", 0, None)
        classes = "|".join(DRIVABLE_CLASSES)
        # cache_only_mode makes osmnx stop once it has all answers, before it makes a graph of them.
        with suppress(CacheOnlyInterruptError):
            osmnx.graph_from_polygon(
                polygon, custom_filter=f'["highway"~"^({classes})$"]', simplify=False, retain_all=True
            )
        tags: dict[str, bool | str | list[str]] = {"place": list(PLACE_KINDS)}
        with suppress(CacheOnlyInterruptError):
            osmnx.features_from_polygon(polygon, {**tags, **dict.fromkeys(RESTRICTION_KEYS, True)})
    return _raw(str(outline["display_name"].iloc[0]), answers)


class _Answers:
    """What Overpass has answered, element by element; also the hook that osmnx's requests call."""

    def __init__(self, tell: Progress) -> None:
        self.elements: dict[tuple[str, int], dict[str, Any]] = {}
        self.timestamp = ""
        self._tell = tell
        self._count = 0
        self._busy = 0

    def hook(self, response: Any, *_args: object, **_kwargs: object) -> None:
        """Take one answer. Raises OutsideError E2002 for one that is a refusal or was cut short."""
        if response.status_code in _BUSY:
            self._busy += 1
            if self._busy < BUSY_MAX:
                return
        if response.status_code >= 400:
            response.close()
            raise _failed(f"{response.url.split('?')[0]} answered {response.status_code} {response.reason}")
        if not response.url.endswith("/interpreter"):
            return
        try:
            answer = json.loads(response.content)
            elements = answer["elements"]
        except (ValueError, KeyError, TypeError) as fault:
            raise _failed("the answer of Overpass is no JSON of its form") from fault
        # Overpass says 200 also when it ran out of time or memory, and gives what it had by then:
        # https://wiki.openstreetmap.org/wiki/Overpass_API/Overpass_QL, "timeout" and "remark".
        if "error" in str(answer.get("remark", "")):
            response.close()
            raise _failed(f"Overpass stopped early: {answer['remark']}")
        for element in elements:
            self.elements[(element["type"], element["id"])] = element
        self.timestamp = str(answer.get("osm3s", {}).get("timestamp_osm_base", self.timestamp))
        self._count += 1
        self._tell("downloading", self._count, None)


def _raw(display_name: str, answers: _Answers) -> RawRoads:
    ways, turns, places, stops, passes = RawWays(), [], [], [], []
    nodes: dict[int, tuple[float, float]] = {}
    for (kind, number), element in sorted(answers.elements.items()):
        tags = element.get("tags", {})
        if kind == "node":
            # Whole 1e-7 parts of a degree, as OSM keeps them: the same floats as from a file.
            nodes[number] = (round(element["lon"] * 1e7) / 1e7, round(element["lat"] * 1e7) / 1e7)
            if stop := barrier_tags(tags):
                stops.append((number, stop))
            if (name := find_pass_name(tags)) is not None:
                passes.append((number, name))
            if named := place_tags(tags):
                places.append(RawPlace(id=number, lonlat=nodes[number], tags=named))
        elif kind == "way" and tags.get("highway") in DRIVABLE_CLASSES and len(element["nodes"]) > 1:
            ways.add(number, element["nodes"], tags)
        elif kind == "relation" and (said := turn_tags(tags)):
            members = [(m["role"], m["type"][0], m["ref"]) for m in element.get("members", ())]
            turns.append(RawTurn.of_members(number, members, said))
    if not len(ways):
        raise RegionError(
            f"{display_name} holds no drivable road", code="E1302", action="choose a larger place, or a file"
        )
    ids = np.array([node for node in ways.node_ids().tolist() if node in nodes], np.int64)
    where = np.array([nodes[node] for node in ids.tolist()], np.float64).reshape(-1, 2)
    used = set(ids.tolist())
    return RawRoads(
        source=f"{display_name}, downloaded"
        + (f", data of {answers.timestamp[:10]}" if answers.timestamp else ""),
        attribution=OSM_ATTRIBUTION,
        timestamp=answers.timestamp,
        node_id=ids,
        node_lon=np.ascontiguousarray(where[:, 0]),
        node_lat=np.ascontiguousarray(where[:, 1]),
        node_tags=tuple(stop for stop in stops if stop[0] in used),
        turns=tuple(turns),
        places=tuple(places),
        passes=tuple(one for one in passes if one[0] in used),
        notes=notes_on(turns, places),
        **ways.finish(),
    )


@contextmanager
def _settings(
    settings: Any, answers: _Answers, overpass_url: str | None, nominatim_url: str | None
) -> Iterator[None]:
    """Set osmnx up for us and leave it as it was; it also rewires name resolution, which is undone too."""
    ours: dict[str, object] = {
        "use_cache": False,
        "cache_only_mode": True,
        "http_user_agent": f"vado/{__version__} (osmnx)",
        "requests_kwargs": {**settings.requests_kwargs, "hooks": {"response": answers.hook}},
    }
    if nominatim_url:
        ours["nominatim_url"] = nominatim_url
    if overpass_url:
        ours |= {"overpass_url": overpass_url, "overpass_rate_limit": False}
    before = {name: getattr(settings, name) for name in ours}
    resolve = socket.getaddrinfo
    try:
        for name, value in ours.items():
            setattr(settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
        socket.getaddrinfo = resolve


@contextmanager
def _faults_named(place: str) -> Iterator[None]:
    """Turn what osmnx and requests raise into errors of ours."""
    import requests
    from osmnx._errors import InsufficientResponseError, ResponseStatusCodeError

    try:
        yield
    except (InsufficientResponseError, TypeError) as fault:
        raise RegionError(
            f"{place!r} was not found as an area ({fault})",
            code="E1305",
            action='write it as the map does, with its country ("Canillo, Andorra"), or build from a file',
            field="place",
        ) from fault
    except (requests.RequestException, ResponseStatusCodeError) as fault:
        raise _failed(f"the download failed ({fault})") from fault


def _failed(cause: str) -> OutsideError:
    return OutsideError(
        cause,
        code="E2002",
        action="try again later, or build from a file: vado region build NAME --pbf FILE",
    )
