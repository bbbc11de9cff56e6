"""The CPU of instances over a week, from Cloud Monitoring: one list for the whole project. Edge; `by_instance` is pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import fmean

from engine.clouds.gcp.names import Wire
from engine.clouds.gcp.session import GcpSession

TRIED = "monitoring.timeSeries.list"
CPU = "compute.googleapis.com/instance/cpu/utilization"
WEEK = timedelta(days=7)
PERCENT = 100


def cpu(session: GcpSession, now: datetime) -> dict[str, float]:
    """`cpu_avg_7d` in percent by the instance's numeric id; blocks. One point covers the week, aligned by Monitoring itself."""
    params = {
        "filter": f'metric.type = "{CPU}" AND resource.type = "gce_instance"',
        "interval.startTime": f"{now - WEEK:%Y-%m-%dT%H:%M:%SZ}",
        "interval.endTime": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "aggregation.alignmentPeriod": f"{int(WEEK.total_seconds())}s",
        "aggregation.perSeriesAligner": "ALIGN_MEAN",
    }
    return by_instance(session.pages("monitoring", f"/v3/projects/{session.project.id}/timeSeries", "timeSeries", params))


def by_instance(series: Iterable[Wire]) -> dict[str, float]:
    """The mean of each series' points, which are shares of one. Raises KeyError for another shape."""
    found: dict[str, float] = {}
    for one in series:
        values = [float(point["value"]["doubleValue"]) for point in one.get("points") or ()]
        if values:
            found[str(one["resource"]["labels"]["instance_id"])] = round(fmean(values) * PERCENT, 1)
    return found
