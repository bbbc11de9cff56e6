"""Seven-day averages from CloudWatch for many resources by few calls. Edge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from engine.clouds.aws.asking import items
from engine.clouds.aws.scanner import Ask, Metric, Raw

OPERATION = "cloudwatch:GetMetricData"
MOST_QUERIES = 500
DAYS = 7


async def averages(client: Any, metric: Metric, own_ids: Sequence[str], now: datetime) -> dict[str, float]:
    """The mean of the daily averages by own id, one decimal; ids without data are missing. Raises CloudError."""
    found: dict[str, float] = {}
    for at in range(0, len(own_ids), MOST_QUERIES):
        some = own_ids[at : at + MOST_QUERIES]
        results = await items(client, question(metric, some, now), OPERATION)
        found |= answered(results, some)
    return found


def question(metric: Metric, own_ids: Sequence[str], now: datetime) -> Ask:
    """One GetMetricData call for up to 500 resources. Pure."""
    queries = [
        {
            "Id": f"m{number}",
            "MetricStat": {
                "Metric": {
                    "Namespace": metric.namespace,
                    "MetricName": metric.name,
                    "Dimensions": [{"Name": metric.dimension, "Value": own_id}],
                },
                "Period": 86400,
                "Stat": "Average",
            },
        }
        for number, own_id in enumerate(own_ids)
    ]
    window = {"StartTime": now - timedelta(days=DAYS), "EndTime": now}
    return Ask("get_metric_data", ("MetricDataResults",), {"MetricDataQueries": queries, **window})


def answered(results: Sequence[Raw], own_ids: Sequence[str]) -> dict[str, float]:
    """Averages by own id from CloudWatch's results, which may spread one query over several pages. Pure."""
    values: dict[str, list[float]] = defaultdict(list)
    for result in results:
        values[own_ids[int(result["Id"][1:])]].extend(result["Values"])
    return {own_id: round(sum(numbers) / len(numbers), 1) for own_id, numbers in values.items() if numbers}
