"""Shows the day: a screen that lives on a terminal, plain lines elsewhere; and the summary at its end.

In: scenes. Out: text. Decides nothing and measures nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from vado.cli import output
from vado.cli.demo.day import END_S, News, Outcome, Scene
from vado.cli.demo.fleet import DAY_START_S
from vado.model.plan import Plan, Route, StopState
from vado.model.snapshot import PlaceReach
from vado.model.when import clock
from vado.model.world import World

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

MESSAGES_SHOWN, CHANGES_SHOWN = 5, 9
REASON_CHARS = 150
CUT = "cut off"


class Lines:
    """A line for each thing that happens, for logs and pipes."""

    def __init__(self) -> None:
        self._told = 0
        self._cut: dict[str, str] = {}

    def __call__(self, scene: Scene) -> None:
        for news in scene.news[self._told :]:
            for line in news_lines(news):
                print(f"{clock(news.at_s)}  {line}", flush=True)
        self._told = len(scene.news)
        known = town_status(scene.world)
        cut = {
            town: f"{status.removeprefix(CUT)}: {why}"
            for town, (status, why) in known.items()
            if status.startswith(CUT)
        }
        for town in sorted(cut.keys() - self._cut.keys()):
            print(f"{clock(scene.now_s)}  CUT OFF  {town}{cut[town]}", flush=True)
        for town in sorted(self._cut.keys() - cut.keys()):
            print(f"{clock(scene.now_s)}  OPEN AGAIN  {town}", flush=True)
        self._cut = cut


def news_lines(news: News) -> Iterator[str]:
    """Say one piece of news in lines."""
    if news.sent is not None:
        yield f"MESSAGE from {news.sent.source}: {news.sent.headline}"
    if news.difference is not None:
        d = news.difference
        parts = [
            (len(d.added), "back in the plan"), (len(d.held), "held"), (len(d.moved), "to another vehicle"),
            (len(d.earlier), "earlier"), (len(d.later), "later"),
        ]  # fmt: skip
        yield "NEW PLAN: " + ", ".join(f"{n} {what}" for n, what in parts if n)
        yield from (f"  held {item.job}: {item.reasons[0].text}" for item in news.held)


def town_status(world: World) -> dict[str, tuple[str, str]]:
    """Say of each town whether all, some or no vehicles can reach and leave it, and why not."""
    rows: dict[str, list[PlaceReach]] = {}
    for row in world.reach:
        rows.setdefault(row.name, []).append(row)
    return {town: _status(found) for town, found in sorted(rows.items())}


def _status(rows: list[PlaceReach]) -> tuple[str, str]:
    shut = [row for row in rows if not (row.reachable and row.leavable)]
    if not shut:
        ends = [row for row in rows if row.until_s is not None]
        if not ends:
            return "open", ""
        first = min(ends, key=lambda row: row.until_s or 0)
        return f"open until {clock(first.until_s or 0)}", _why(first)
    if len(shut) < len(rows):
        able = ", ".join(str(row.travel) for row in rows if row.reachable and row.leavable)
        return f"only {able}", _why(shut[0])
    again = [row.again_s for row in shut if row.again_s is not None]
    return f"{CUT} until {clock(min(again))}" if again else CUT, _why(shut[0])


def _why(row: PlaceReach) -> str:
    """Name the roads; their stories stand among the messages."""
    return ", ".join(dict.fromkeys(road.road for road in row.cut))


def screen(scene: Scene, *, now_s: int, address: str, foot: str) -> RenderableType:
    """Draw everything there is to see now."""
    from rich.console import Group
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    head = Text.assemble(
        ("Orvane  ", "bold"), (clock(now_s), "bold yellow"), "   ", _bar(now_s), "   ",
        (address, "underline cyan"),
    )  # fmt: skip
    sides = Table.grid(padding=(0, 2), expand=True)
    sides.add_column(ratio=5)
    sides.add_column(ratio=6)
    sides.add_row(
        Group(_towns(scene), "", _vehicles(scene, now_s)), Group(_messages(scene), "", _changes(scene))
    )
    return Panel(
        Group(head, "", sides, "", _counters(scene), Text(foot, "cyan")),
        title="vado demo: a storm in a minute",
    )


def _bar(now_s: int) -> str:
    share = min(1.0, max(0.0, (now_s - DAY_START_S) / (END_S - DAY_START_S)))
    return "━" * round(30 * share) + "─" * (30 - round(30 * share))


def _towns(scene: Scene) -> RenderableType:
    from rich.text import Text

    rows = []
    for town, (status, why) in town_status(scene.world).items():
        style = "green" if status == "open" else "bold red" if status.startswith(CUT) else "yellow"
        rows.append((town, Text(status, style), _short(why, 44)))
    return output.table("towns", ["town", "now", "why"], rows)


def _messages(scene: Scene) -> RenderableType:
    sent = [news for news in scene.news if news.sent is not None][-MESSAGES_SHOWN:]
    rows = [(clock(n.at_s), n.sent.source, n.sent.headline) for n in reversed(sent) if n.sent is not None]
    return output.table("messages", ["at", "from", "what"], rows)


def _changes(scene: Scene) -> RenderableType:
    lines = [
        (clock(news.at_s), _short(line.strip(), REASON_CHARS))
        for news in reversed(scene.news) if news.difference is not None
        for line in news_lines(news)
    ]  # fmt: skip
    return output.table("what changed", ["at", "plan and reasons"], lines[:CHANGES_SHOWN])


def _vehicles(scene: Scene, now_s: int) -> RenderableType:
    plan = scene.world.plan
    done = {visit.job for visit in scene.drivers.visits}
    rows = []
    for vehicle in scene.world.vehicles:
        route = _route(plan, vehicle.id)
        jobs = () if route is None else route.jobs
        bar = "".join("█" if job in done else "░" for job in jobs)
        rows.append((vehicle.id, bar, _next(route, now_s, done)))
    return output.table("vehicles", ["vehicle", "stops", "next"], rows)


def _route(plan: Plan | None, vehicle: str) -> Route | None:
    routes = plan.routes if plan is not None else ()
    return next((route for route in routes if route.vehicle == vehicle), None)


def _next(route: Route | None, now_s: int, done: Iterable[str]) -> str:
    if route is None:
        return "stays at the depot"
    for stop in route.stops:
        if stop.job is not None and stop.state is not StopState.DONE and stop.job not in done:
            where = stop.place or "?"
            if stop.arrival_s > now_s:
                return f"{where} at {clock(stop.arrival_s)}"
            return f"at work in {where} until {clock(stop.departure_s)}"
    return f"home at {clock(route.stops[-1].arrival_s)}"


def _counters(scene: Scene) -> RenderableType:
    from rich.text import Text

    plan = scene.world.plan
    done, held = len(scene.drivers.visits), len(plan.unassigned) if plan is not None else 0
    bad = len(scene.measure.sent_faults) + len(scene.measure.trapped_faults)
    return Text.assemble(
        f"{done} done   {held} held with a reason   {scene.world.version} decisions sealed   ",
        ("jobs sent to cut-off towns: ", "bold"), (str(bad), "bold green" if bad == 0 else "bold red"),
    )  # fmt: skip


def _short(text: str, chars: int) -> str:
    return text if len(text) <= chars else text[: chars - 1] + "…"


def summary(outcome: Outcome, console: Console) -> None:
    """Say how the day went, measured."""
    facts = [
        ("jobs", outcome.jobs),
        ("done", outcome.done),
        ("held, each with its reason", len(outcome.held)),
        ("messages", outcome.messages),
        ("decisions sealed", outcome.decisions),
        ("plans", outcome.plans),
        ("kilometres driven", f"{outcome.metres / 1000:,.0f}"),
        ("jobs sent to cut-off towns", outcome.sent_to_cut_off),
        ("visits with no way home", outcome.visits_trapped),
        ("closed roads driven", outcome.roads_closed_driven),
    ]
    caption = "the last three are measured by a check that shares nothing with the planner"
    console.print(output.table("the day", ["what", "count>"], facts, caption=caption))
    rows = [(item.job, item.reasons[0].code, item.reasons[0].text) for item in outcome.held]
    if rows:
        console.print(output.table("held at the end of the day", ["job", "reason", "why"], rows))
