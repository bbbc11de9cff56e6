"""EC2 security groups with what they let in. Pure: declares the calls and maps their answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.clouds.aws.scanner import Ask, Facts, Kind, Place, Raw, Scanner, built, tags_of
from engine.estate.resource import Resource

KIND = Kind("security_group", "AWS::EC2::SecurityGroup", "ec2", "security-group")


def to_resource(raw: Raw, place: Place) -> Resource | None:
    own_id = raw["GroupId"]
    ingress = [rule for permission in raw.get("IpPermissions", []) for rule in _rules(permission)]
    return built(KIND, place, Facts(own_id, raw["GroupName"], "active", tags_of(raw.get("Tags")), {"group_id": own_id, "ingress": ingress}))


def _rules(permission: Raw) -> Iterator[dict[str, Any]]:
    """One rule for each source: `port` is a number, a text like `8000-8010`, or None for all ports."""
    first, last = permission.get("FromPort"), permission.get("ToPort")
    port = first if first == last else f"{first}-{last}"
    protocol = "all" if permission["IpProtocol"] == "-1" else permission["IpProtocol"]
    for source in permission.get("IpRanges", []):
        yield {"protocol": protocol, "port": port, "cidr": source["CidrIp"]}
    for source in permission.get("Ipv6Ranges", []):
        yield {"protocol": protocol, "port": port, "cidr": source["CidrIpv6"]}
    for source in permission.get("UserIdGroupPairs", []):
        yield {"protocol": protocol, "port": port, "group": source.get("GroupId")}


SCANNER = Scanner(
    kind=KIND,
    operation="ec2:DescribeSecurityGroups",
    everything=Ask("describe_security_groups", ("SecurityGroups",)),
    one=lambda own_id: Ask("describe_security_groups", ("SecurityGroups",), {"GroupIds": [own_id]}),
    item_id="GroupId",
    to_resource=to_resource,
)
