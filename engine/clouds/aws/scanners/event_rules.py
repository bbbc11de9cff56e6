"""EventBridge rules of all buses: what is run on a schedule or an event. Pure: declares the calls and maps their answers."""

from __future__ import annotations

from engine.clouds.aws import arn
from engine.clouds.aws.scanner import Ask, Detail, Facts, Kind, Level, Place, Raw, Scanner, built, known, tags_of
from engine.estate.resource import Resource

KIND = Kind("event_rule", "AWS::Events::Rule", "events", "rule")
_STATES = {"ENABLED": "enabled", "DISABLED": "disabled", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS": "enabled"}


def to_resource(raw: Raw, place: Place) -> Resource | None:
    if "State" not in raw:
        return None
    properties = {
        "event_bus": raw.get("EventBusName", "default"),
        **known(schedule=raw.get("ScheduleExpression") or None, managed_by=raw.get("ManagedBy") or None),
    }
    state = _STATES.get(raw["State"], raw["State"].lower())
    return built(KIND, place, Facts(_own_id(raw), raw["Name"], state, tags_of(raw.get("Tags")), properties))


def _own_id(raw: Raw) -> str:
    """`NAME` on the default bus, `BUS/NAME` on another, as in the rule's ARN."""
    return arn.parse(raw["Arn"]).own_id


def _one(own_id: str) -> Ask:
    bus, _, name = own_id.rpartition("/")
    return Ask("describe_rule", (), {"Name": name, "EventBusName": bus or "default"})


SCANNER = Scanner(
    kind=KIND,
    operation="events:ListEventBuses",
    everything=Ask("list_event_buses", ("EventBuses",)),
    beneath=(Level("events:ListRules", lambda raw: Ask("list_rules", ("Rules",), {"EventBusName": raw["Name"]})),),
    one=_one,
    item_id="Arn",
    identify=_own_id,
    to_resource=to_resource,
    details=(
        Detail(
            "events:ListTagsForResource", lambda raw: Ask("list_tags_for_resource", ("Tags",), {"ResourceARN": raw["Arn"]}), many="Tags"
        ),
    ),
    also=("events:DescribeRule",),
)
