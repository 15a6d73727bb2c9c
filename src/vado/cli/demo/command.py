"""`vado demo`: a storm over an invented province in a minute, on the real service or inside this process."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vado.cli import output

if TYPE_CHECKING:
    from vado.cli.demo.day import Outcome
    from vado.cli.demo.province import Province
    from vado.model.roads import Roads

EVERY_S, EVERY_FAST_S = 20 * 60, 60 * 60  # how often vehicles report, seconds of the day
SOLUTIONS = 60  # to look at for one plan


def demo(
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="With the real service and its pages, or inside here.")
    ] = True,
    fast: Annotated[bool, typer.Option("--fast", help="As fast as it can be decided, for tests.")] = False,
    seconds: Annotated[float, typer.Option("--seconds", min=5, help="How long the day shall take.")] = 60.0,
    seed: Annotated[int, typer.Option("--seed", help="Another seed, another province.")] = 7,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="First port to try; if taken, the next.")] = 8080,
    stay: Annotated[
        bool, typer.Option("--stay/--no-stay", help="Keep serving after the storm, or end.")
    ] = True,
    files: Annotated[
        Path | None,
        typer.Option("--files", metavar="DIR", help="Write the day and its storm as files, and stop."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> int:
    """Watch a storm cut off towns and the plan give way; exit 1 if anybody was sent where nobody can be."""
    from vado.cli.demo.province import province

    land = province(seed)
    roads = region(land)
    if files is not None:
        return _write_files(land, files)
    every_s = EVERY_FAST_S if fast else EVERY_S
    seconds = 0 if fast else seconds
    if serve:
        from vado.cli.demo.served import serve_day

        outcome = serve_day(
            land, roads, host=host, port=port, every_s=every_s, seconds=seconds, solutions=SOLUTIONS,
            stay=stay, as_json=as_json,
        )  # fmt: skip
    else:
        outcome = _inside(land, roads, every_s=every_s, seconds=seconds, as_json=as_json)
    return output.DONE if outcome is None or outcome.clean else output.NO


def region(land: Province) -> Roads:
    """Build the province's region, or take the one that an earlier demo built of the same drawing."""
    from dataclasses import replace

    from vado.cli.demo import geography
    from vado.cli.files import regions
    from vado.errors import RegionError, StateError
    from vado.network.build import build
    from vado.store.data import data_path, load_profiles

    raw = land.raw
    drawing = hashlib.sha256(repr((raw.tag_sets, raw.strings)).encode())
    drawing.update(data_path("profiles.toml").read_bytes())
    for array in (raw.node_id, raw.node_lon, raw.node_lat, raw.way_id, raw.way_nodes, raw.way_tags):
        drawing.update(array.tobytes())
    raw = replace(raw, source=f"{raw.source}, drawing {drawing.hexdigest()[:12]}")
    kept = regions()
    try:
        if kept.info(geography.NAME).source == raw.source:
            return kept.load(geography.NAME)
    except (StateError, RegionError):
        pass  # there is none yet, or an older program's
    output.say("vado demo: drawing the province of Orvane")
    kept.save(build(raw, load_profiles(), name=geography.NAME))
    return kept.load(geography.NAME)


def _write_files(land: Province, folder: Path) -> int:
    """Write problem.json and alerts/: what the verbs that work on files can be tried with."""
    from vado.cli.demo.fleet import problem
    from vado.cli.demo.storm import storm
    from vado.errors import InputError

    try:
        (folder / "alerts").mkdir(parents=True, exist_ok=True)
        (folder / "problem.json").write_text(json.dumps(problem(land), indent=1) + "\n", encoding="utf-8")
        for sent in storm(land):
            (folder / "alerts" / f"{sent.name}.{sent.suffix}").write_bytes(sent.body)
    except OSError as error:
        raise InputError(f"{folder} cannot be written to: {error.strerror}", code="E1005", field="--files",
                         action="give a folder that you may write to") from error  # fmt: skip
    output.say(f"vado demo: the day is in {folder / 'problem.json'}, the storm in {folder / 'alerts'}")
    return output.DONE


def _inside(land: Province, roads: Roads, *, every_s: int, seconds: float, as_json: bool) -> Outcome:
    """Play the day in this process: no service, no page, the same worker and engine."""
    import logging

    import structlog

    from vado.app import load_meaning
    from vado.cli.demo.day import play
    from vado.cli.demo.fleet import DAY_START_S
    from vado.cli.demo.live import Pace, Screen, report
    from vado.cli.demo.post import Inside
    from vado.model.problem import Budget

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    budget = Budget(solutions_max=SOLUTIONS, seconds_max=60.0)  # by count: the same day every time
    post = Inside(roads, load_meaning(), budget, now_s=DAY_START_S)
    with Screen(address="", quiet=as_json) as view:
        pace = Pace(post.tell_time, seconds, view)
        outcome = play(post, land, roads, every_s=every_s, pace=pace, watch=view.watch)
    report(outcome, as_json=as_json)
    return outcome
