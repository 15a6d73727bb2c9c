"""Who may do a job whatever the clock says: the skills it asks for, the vehicles that it names.

In: a job, a vehicle. Out: yes or no. Knows nothing of time, room or other jobs.
"""

from __future__ import annotations

from vado.model.jobs import Job, Vehicle


def skilled(job: Job, vehicle: Vehicle) -> bool:
    return job.skills <= vehicle.skills


def allowed(job: Job, vehicle: Vehicle) -> bool:
    """Tell whether the job's own lists let this vehicle do it."""
    named = job.allowed_vehicles is None or vehicle.id in job.allowed_vehicles
    return named and vehicle.id not in job.forbidden_vehicles


def may(job: Job, vehicle: Vehicle) -> bool:
    return skilled(job, vehicle) and allowed(job, vehicle)
