"""The CPU of virtual machines over a week, from Azure Monitor. Edge; `average` is pure."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import fmean
from typing import Any

from engine.clouds.azure.answers import understood
from engine.clouds.azure.session import AzureSession
from engine.errors import CloudError, NotFound
from engine.estate.resource import Resource

TRIED = "Microsoft.Insights/metrics/read"
API_VERSION = "2023-10-01"
WEEK = timedelta(days=7)
WIDTH = 8


async def with_cpu(session: AzureSession, machines: Sequence[Resource], now: datetime) -> tuple[list[Resource], CloudError | None]:
    """The machines with `cpu_avg_7d` in percent where Monitor knows it, and the first error where it would not tell.

    Only running machines are asked about: the others burn no CPU, and an average over their silence would mislead.
    """
    limit, errors = asyncio.Semaphore(WIDTH), list[CloudError]()

    async def measured(machine: Resource) -> Resource:
        if machine.state != "running":
            return machine
        async with limit:
            if errors:
                return machine
            try:
                cpu = await _cpu(session, machine, now)
            except NotFound:
                return machine  # it went away since it was listed; the next sweep will say so
            except CloudError as error:
                errors.append(error)
                return machine
        return machine if cpu is None else replace(machine, metrics={**machine.metrics, "cpu_avg_7d": cpu})

    found = await asyncio.gather(*(measured(machine) for machine in machines))
    return list(found), errors[0] if errors else None


async def _cpu(session: AzureSession, machine: Resource, now: datetime) -> float | None:
    params = {
        "metricnames": "Percentage CPU",
        "timespan": f"{now - WEEK:%Y-%m-%dT%H:%M:%SZ}/{now:%Y-%m-%dT%H:%M:%SZ}",
        "interval": "P1D",
        "aggregation": "Average",
    }
    with understood(TRIED):
        return average(await session.rest_item(f"{machine.id}/providers/Microsoft.Insights/metrics", API_VERSION, **params))


def average(answer: Any) -> float | None:
    """The mean of the daily averages, to a tenth; None when nothing was measured. Raises KeyError for another shape."""
    points = [
        float(point["average"])
        for metric in answer["value"]
        for series in metric["timeseries"]
        for point in series["data"]
        if point.get("average") is not None
    ]
    return round(fmean(points), 1) if points else None
