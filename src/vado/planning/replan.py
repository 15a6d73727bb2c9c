"""Make a draft: keep what must not move, let the solver propose, drive its proposal on the clock, correct it.

In: a problem, travel times, the plan in force, a budget. Out: a `Draft` in which every route has been driven
leg by leg. The solver sees one travel time for a pair; where the clock finds a proposal impossible (a road
shuts under way), the model learns that and is solved again, a bounded number of times. Then what still fails
is taken out, and what is left over is tried in every position. Knows nothing of reasons, nor of the referee.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vado import __version__
from vado.model.ids import JobId, VehicleId
from vado.model.jobs import Job
from vado.model.plan import Draft, Plan, ReasonCode, Route, Solver
from vado.model.problem import Budget, Problem
from vado.planning.clocked import Clocked
from vado.planning.explore import explore, is_whole, knows_groups, steps_of
from vado.planning.groups import gather, parted
from vado.planning.insert import Tries, insert, sooner, turned
from vado.planning.keep import Outset, outsets
from vado.planning.model import Model, build, learn
from vado.planning.price import MONEY, moved
from vado.planning.prize import prize_of, shed
from vado.planning.regroup import regroup
from vado.planning.schedule import drive
from vado.planning.trip import Fault, Trip
from vado.ports import Times

if TYPE_CHECKING:
    from vado.planning import solver

SEARCH = "vado"
ROUNDS_MAX = 4  # solve, drive on the clock, learn; then the rest is mended by hand
SHED_MAX = 300  # sequences driven to tell what is not worth its way
HURRY_MAX = 300  # sequences driven to be done sooner
TRIES_MAX = 1500  # sequences driven to find room for what is left over


@dataclass(slots=True)
class _Desk:
    """What one replanning holds in its hands."""

    problem: Problem
    clocked: Clocked
    fleet: tuple[Outset, ...]
    trips: dict[VehicleId, Trip]  # of vehicles that can be planned: with what they are under way to
    fixed: dict[VehicleId, int]  # how many jobs of a trip are that
    held: dict[VehicleId, Trip]  # of vehicles that stand at a door and cannot get home: that one job
    released: set[JobId]
    solutions: int = 0
    steps: int = 0
    rounds: int = 0
    stopped: str = "nothing to do"


def replan(problem: Problem, times: Times, *, previous: Plan | None, budget: Budget) -> Draft:
    """Plan all that is open from now on. Repeatable while the budget's count binds, not its seconds."""
    clocked = Clocked(problem, times)
    desk = _Desk(problem, clocked, outsets(problem, previous, clocked.measure), {}, {}, {}, set())
    for outset in desk.fleet:
        _keep(desk, outset)
    by_id = {job.id: job for job in problem.jobs}
    _release_partners(desk, by_id)
    free = [j for j in problem.jobs if j.id not in _placed(desk) | desk.released and not _waits(desk, j)]
    if free and desk.trips:
        _search(desk, free, times, previous, budget)
        _shed(desk, by_id)
        _fill(desk, by_id)
        _regroup(desk, by_id)
        _hurry(desk)
    _pair_up(desk, by_id)
    return _draft(desk, budget)


def _keep(desk: _Desk, outset: Outset) -> None:
    """Fix what a vehicle is under way to, as far as it can still be done; the rest is called back."""
    by_id = {job.id: job for job in desk.problem.jobs}
    home = drive(outset, (), desk.clocked)
    if isinstance(home, Fault) and not outset.committed:
        return
    if isinstance(home, Fault) and _serve_there(desk, outset, by_id):
        return
    fixed: list[Job] = []
    trip = home
    for name in outset.committed:
        longer = drive(outset, (*fixed, by_id[name]), desk.clocked)
        if isinstance(longer, Fault) or _parts(desk, outset, by_id[name]):
            desk.released.add(name)
        else:
            fixed.append(by_id[name])
            trip = longer
    if isinstance(trip, Trip):
        desk.trips[outset.vehicle.id] = trip
        desk.fixed[outset.vehicle.id] = len(fixed)


def _serve_there(desk: _Desk, outset: Outset, by_id: Mapping[JobId, Job]) -> bool:
    """Let who stands at a door serve it though no way leads home: being there is no risk it still takes.

    Its route ends there until a road opens. A parcel that could not be delivered is not picked up.
    """
    job = by_id[outset.committed[0]]
    if job.id not in dict(outset.arrived) or (job.half == "pickup" and _partner(job) in by_id):
        return False
    if _parts(desk, outset, job):
        return False
    trip = drive(replace(outset, end=None, committed=(job.id,)), (job,), desk.clocked)
    if isinstance(trip, Fault) or any(way.drive is not None for way in trip.ways):
        return False
    desk.held[outset.vehicle.id] = trip
    desk.released |= set(outset.committed[1:])
    return True


def _release_partners(desk: _Desk, by_id: Mapping[JobId, Job]) -> None:
    """Call back the other half of what was called back."""
    for name in sorted(desk.released):
        job = by_id[name]
        if not job.half:
            continue
        other = _partner(job)
        if other in by_id:
            desk.released.add(other)
            _take_out(desk, {other})


def _partner(job: Job) -> JobId:
    return JobId(f"{job.shipment}/{'delivery' if job.half == 'pickup' else 'pickup'}")


def _placed(desk: _Desk) -> set[JobId]:
    return {job.id for trips in (desk.trips, desk.held) for trip in trips.values() for job in trip.jobs}


def _parts(desk: _Desk, outset: Outset, job: Job) -> bool:
    """Tell whether a job would be parted from its group, as far as that is placed."""
    trips = (*desk.trips.values(), *desk.held.values())
    return bool(parted(job, outset.vehicle.id, ((t.outset.vehicle.id, t.jobs) for t in trips)))


def _waits(desk: _Desk, job: Job) -> bool:
    """Tell whether a job belongs with what a vehicle serves that takes nothing more."""
    return bool(parted(job, VehicleId(""), ((name, trip.jobs) for name, trip in desk.held.items())))


def _take_out(desk: _Desk, gone: set[JobId]) -> None:
    """Take jobs out of the trips; a trip that does not work without them loses the ones that fail."""
    for name, trip in list(desk.trips.items()):
        if all(job.id not in gone for job in trip.jobs):
            continue
        front = trip.jobs[: desk.fixed[name]]
        rest = [job for job in trip.jobs[desk.fixed[name] :] if job.id not in gone]
        kept = [job for job in front if job.id not in gone]
        desk.fixed[name] = len(kept)
        desk.trips[name] = _salvaged(desk, trip.outset, [*kept, *rest])


def _salvaged(desk: _Desk, outset: Outset, jobs: Sequence[Job]) -> Trip:
    """Drive a sequence, taking out whatever fails, with its partner, until it works."""
    rest = list(jobs)
    while True:
        found = drive(outset, rest, desk.clocked)
        if isinstance(found, Trip):
            return found
        if not rest:
            # It came home with work to do, so it comes home without.
            return Trip(outset=outset, jobs=(), stops=(), ways=())
        # What it is under way to works by itself, so it is something behind that does not.
        fixed = desk.fixed.get(outset.vehicle.id, 0)
        behind = fixed <= found.at < len(rest) and found.code is not ReasonCode.CAPACITY
        failing = rest[found.at if behind else -1]
        rest = [job for job in rest if job is not failing and (not job.half or job.id != _partner(failing))]
        desk.fixed[outset.vehicle.id] = min(desk.fixed.get(outset.vehicle.id, 0), len(rest))


def _search(desk: _Desk, free: Sequence[Job], times: Times, previous: Plan | None, budget: Budget) -> None:
    """Search and drive in turns; afterwards every trip of the desk has been driven."""
    # Only here: who reads worlds or judges plans imports this package too and must not load OR-Tools.
    from vado.planning import solver

    base = [(trip.outset, trip) for trip in desk.trips.values()]
    fixed_jobs = {trip.outset.vehicle.id: trip.jobs for _, trip in base}
    model = build(desk.problem, free, base, desk.clocked, times)
    number = {job.id: k for k, job in enumerate(free)}
    first = _as_routes(previous.routes if previous is not None else (), base, number)
    first = gather(first, model.together, model.spans)
    for (outset, trip), route in zip(base, first, strict=True):
        if route:
            jobs = [*trip.jobs, *(free[k] for k in route)]
            desk.trips[outset.vehicle.id] = _salvaged(desk, outset, jobs)
    watch = solver.stopwatch()

    def propose(routes: solver.Routes) -> int:
        """Drive proposed routes; what fails is learnt and taken out. Give how many failed."""
        faults = 0
        for car, ((outset, trip), route) in enumerate(zip(base, routes, strict=True)):
            jobs = [*fixed_jobs[outset.vehicle.id], *(free[k] for k in route)]
            found = drive(outset, jobs, desk.clocked)
            if isinstance(found, Fault):
                faults += 1
                _teach(model, car, route, len(trip.jobs), found)
                found = _salvaged(desk, outset, jobs)
            desk.trips[outset.vehicle.id] = found
        desk.rounds += 1
        return faults

    def standing() -> solver.Routes:
        return _as_routes([trip.route for trip in desk.trips.values()], base, number)

    if knows_groups(model):
        share = steps_of(model, budget.solutions_max)
        while desk.rounds < ROUNDS_MAX and share and watch() < budget.seconds_max:
            before, worth = dict(desk.trips), _worth(desk, model)
            found = explore(
                model, standing(), steps=share, seed=budget.seed,
                is_late=lambda: watch() >= budget.seconds_max,
            )  # fmt: skip
            desk.steps += found.steps
            desk.stopped = "time" if found.late else "proven" if len(free) < 2 else "budget"
            faults = propose(found.routes)
            # The search's costs are those of the slowest hour: the clock may like better what stood.
            if _worth(desk, model) > worth:
                desk.trips.update(before)
            if not faults:
                break
            share //= 2
    if not is_whole(model):
        _complete(desk, model, budget, propose, standing, watch)


def _complete(
    desk: _Desk,
    model: Model,
    budget: Budget,
    propose: Callable[[solver.Routes], int],
    standing: Callable[[], solver.Routes],
    watch: Callable[[], float],
) -> None:
    """Let OR-Tools, which holds every rule, go on from what was found; keep the better of both."""
    from vado.planning import solver

    share = budget.solutions_max
    for _ in range(ROUNDS_MAX):
        left_s = budget.seconds_max - watch()
        if left_s <= 0:
            break
        before, worth = dict(desk.trips), _worth(desk, model)
        rest = replace(budget, seconds_max=left_s, solutions_max=share)
        solved = solver.solve(model, rest, first=standing())
        desk.solutions += solved.solutions
        desk.stopped = solved.stopped if desk.stopped != "time" else "time"
        faults = propose(solved.routes)
        if desk.rounds > 1 and _worth(desk, model) > worth:
            desk.trips.update(before)
        if not faults:
            break
        share = max(1, budget.solutions_max // 2)


def _worth(desk: _Desk, model: Model) -> int:
    """Say what the trips cost with all that is left out and moved: less is better."""
    placed = _placed(desk)
    cost = sum(trip.cost for trip in desk.trips.values()) * MONEY
    cost += sum(price for job, price in zip(model.jobs, model.penalty, strict=True) if job.id not in placed)
    keeper = {model.jobs[job].id: number for job, number in model.kept.items()}
    return cost + sum(
        moved(car)
        for number, car in enumerate(model.cars)
        for job in desk.trips[car.outset.vehicle.id].jobs
        if keeper.get(job.id, number) != number
    )


def _teach(model: Model, car: int, route: Sequence[int], fixed: int, fault: Fault) -> None:
    shut = fault.code in (ReasonCode.CUT_OFF, ReasonCode.NO_WAY_BACK)
    at = min(max(0, fault.at - fixed), len(route))
    learn(model, car, route, at, fault.drove_s[fixed:], shut=shut)


def _as_routes(
    routes: Sequence[Route], base: Sequence[tuple[Outset, Trip]], number: Mapping[JobId, int]
) -> solver.Routes:
    """Say routes in the solver's numbers, as far as they are free."""
    by_vehicle = {route.vehicle: route.jobs for route in routes}
    return tuple(
        tuple(number[job] for job in by_vehicle.get(outset.vehicle.id, ()) if job in number)
        for outset, _ in base
    )


def _shed(desk: _Desk, by_id: Mapping[JobId, Job]) -> None:
    """Leave out what costs more on the clock than its prize."""
    tries = Tries(SHED_MAX)
    for name, trip in desk.trips.items():
        desk.trips[name] = shed(trip, desk.clocked, tries, by_id, fixed=desk.fixed[name])


def _fill(desk: _Desk, by_id: Mapping[JobId, Job]) -> None:
    """Try what is left over in every position: the clock knows gaps that the solver's caution does not."""
    tries = Tries(TRIES_MAX)
    placed = _placed(desk)
    left = [job for job in by_id.values() if job.id not in placed | desk.released]
    for job in sorted(left, key=_urgency):
        more, prize = [job], prize_of(job, by_id)
        if job.half and _partner(job) in by_id and _partner(job) not in placed:
            if job.half == "delivery":
                continue  # comes with its pickup
            more.append(by_id[_partner(job)])
        best: Trip | None = None
        gain = 0
        for name, trip in desk.trips.items():
            if _parts(desk, trip.outset, job):
                continue
            # Who could not do it with nothing else to do cannot do it beside all that is planned.
            alone = drive(trip.outset, (*trip.jobs[: desk.fixed[name]], *more), desk.clocked)
            if isinstance(alone, Fault):
                continue
            found = insert(trip.outset, trip.jobs, more, desk.clocked, tries, fixed=desk.fixed[name])
            if isinstance(found, Trip) and (best is None or found.cost - trip.cost < gain):
                best, gain = found, found.cost - trip.cost
        if best is not None and (prize is None or gain <= prize):
            desk.trips[best.outset.vehicle.id] = best


def _regroup(desk: _Desk, by_id: Mapping[JobId, Job]) -> None:
    """Try groups that lack somebody on other vehicles."""
    jobs = [job for job in by_id.values() if job.id not in desk.released and not _waits(desk, job)]
    desk.trips.update(regroup(desk.trips, desk.fixed, jobs, desk.clocked, Tries(TRIES_MAX)))


def _urgency(job: Job) -> tuple[bool, int, int, JobId]:
    return job.prize is not None, -job.priority, -(job.prize or 0), job.id


def _hurry(desk: _Desk) -> None:
    """Use time that is waited away, where that costs nothing."""
    tries = Tries(HURRY_MAX)
    for name, trip in desk.trips.items():
        rounder = turned(trip, desk.clocked, tries, fixed=desk.fixed[name])
        desk.trips[name] = sooner(rounder, desk.clocked, tries, fixed=desk.fixed[name])


def _pair_up(desk: _Desk, by_id: Mapping[JobId, Job]) -> None:
    """Take out halves that stand alone: nobody picks up what nobody delivers."""
    while True:
        placed = _placed(desk)
        alone = {
            job.id
            for name in placed
            for job in [by_id[name]]
            if job.half and _partner(job) in by_id and _partner(job) not in placed
        }
        if not alone:
            return
        _take_out(desk, alone)


def _draft(desk: _Desk, budget: Budget) -> Draft:
    from vado.planning import solver

    routes = []
    cost = 0
    for outset in desk.fleet:
        trip = desk.trips.get(outset.vehicle.id) or desk.held.get(outset.vehicle.id)
        worth = trip is not None and (trip.jobs or (outset.started and trip.ways and _moves(trip)))
        if trip is not None and (worth or _has_history(outset)):
            routes.append(trip.route)
            cost += trip.cost
        elif _has_history(outset):
            routes.append(Route(vehicle=outset.vehicle.id, stops=outset.stops, legs=outset.legs))
    placed = {job for route in routes for job in route.jobs}
    return Draft(
        routes=tuple(routes),
        missing=tuple(sorted(job.id for job in desk.problem.jobs if job.id not in placed)),
        cost=cost,
        solver=Solver(
            name=solver.NAME if desk.solutions else SEARCH,
            version=solver.VERSION if desk.solutions else __version__,
            seed=budget.seed,
            solutions_max=budget.solutions_max,
            seconds_max=budget.seconds_max,
            solutions=desk.solutions,
            steps=desk.steps,
            stopped=desk.stopped,
            rounds=max(1, desk.rounds),
        ),
    )


def _moves(trip: Trip) -> bool:
    return any(way.arrive_s > way.depart_s for way in trip.ways)


def _has_history(outset: Outset) -> bool:
    return any(stop.job is not None for stop in outset.stops)
