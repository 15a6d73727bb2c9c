"""Vehicles under way: what is done or committed stays, unless the world has made it impossible."""

from __future__ import annotations

import drawn
from story import Story, at, closing, job, vehicle
from vado.model.ids import JobId
from vado.model.jobs import Job, Shipment
from vado.model.plan import StopState

LINE = drawn.roads(
    """
    A------B------C------D
           |
           E------F
    """,
    ways={"BC": {"ref": "CG-4", "minutes": 5}},
)


def states(story: Story) -> str:
    return ", ".join(f"{s.job} {s.state}" for r in story.published.routes for s in r.stops if s.job)


def test_b01_what_is_done_stays_at_the_front_of_its_route() -> None:
    story = Story(LINE, jobs="b@B d@D f@F", vehicles="v1@A")
    first = story.published.routes[0].jobs[0]
    story.report("v1", "departed", first, at(8, 10), where={"b": "B", "d": "D", "f": "F"}[first])
    story.tell(closing(LINE, "BC", at(8, 11)), now=at(8, 11))
    route = story.published.routes[0]
    assert route.stops[1].job == first
    assert route.stops[1].state is StopState.DONE


def test_b02_a_committed_stop_stays_first_when_a_new_job_comes() -> None:
    story = Story(LINE, jobs="d@D", vehicles="v1@A")
    story.report("v1", "position", None, at(8, 2), where="B")
    from vado.model.world import JobsPut

    story.tell(JobsPut(jobs=(job(LINE, "b", "B", priority=100),)), now=at(8, 2))
    assert story.published.routes[0].jobs[0] == "d"
    assert "d committed" in states(story)


def test_b03_a_committed_stop_that_is_cut_off_is_called_back_with_its_reason() -> None:
    story = Story(LINE, jobs="d@D f@F", vehicles=[vehicle(LINE, "v1", "A")])
    story.report("v1", "position", None, at(8, 1), where="B")
    story.tell(closing(LINE, "BC", at(8), name="slide-1"), now=at(8, 2))
    assert "d" not in story.published.routes[0].jobs
    assert "slide-1" in story.why("d")


def test_b04_what_is_aboard_is_delivered_by_the_same_vehicle() -> None:
    parcel = Shipment(
        id="S",
        pickup=Job(id=JobId("S/pickup"), location=job(LINE, "x", "B").location, service_s=60),
        delivery=Job(id=JobId("S/delivery"), location=job(LINE, "x", "F").location, service_s=60),
        amount=(1,),
    )
    fleet = [vehicle(LINE, n, "A", capacity=(1,)) for n in ("v1", "v2")]
    story = Story(LINE, shipments=[parcel], vehicles=fleet)
    carrier = story.published.routes[0].vehicle
    story.report(carrier, "departed", "S/pickup", at(8, 3), where="B")
    story.tell(closing(LINE, "CD", at(8)), now=at(8, 4))
    route = story.published.route_of(JobId("S/delivery"))
    assert route is not None
    assert route.vehicle == carrier


def test_b05_a_town_that_is_cut_while_a_vehicle_is_inside_does_not_lose_the_vehicle() -> None:
    story = Story(LINE, jobs="d@D f@F", vehicles="v1@A")
    story.report("v1", "position", None, at(8, 20), where="D")
    story.tell(closing(LINE, "BC", at(8, 20), at(12)), now=at(8, 20))
    # It waits inside until the road opens, or jobs are held with a reason: nobody drives into the closure.
    placed = {j for r in story.published.routes for j in r.jobs} | {u.job for u in story.published.unassigned}
    assert placed == {"d", "f"}
