"""Elastic IP addresses, with what they are given to. Pure: declares the calls and maps their answers."""

from __future__ import annotations

from engine.clouds.aws.scanner import Ask, Facts, Kind, Place, Raw, Scanner, built, known, name_of, tags_of
from engine.estate.resource import Resource

KIND = Kind("ip_address", "AWS::EC2::EIP", "ec2", "elastic-ip")


def to_resource(raw: Raw, place: Place) -> Resource | None:
    own_id = raw.get("AllocationId")
    if own_id is None:  # of EC2-Classic, which is no more
        return None
    attached = bool(raw.get("AssociationId"))
    properties = {
        "allocation_id": own_id,
        "public_address": raw.get("PublicIp"),
        "attached": attached,
        **known(
            association_id=raw.get("AssociationId"),
            network_interface_id=raw.get("NetworkInterfaceId"),
            instance_id=raw.get("InstanceId") or None,
        ),
    }
    name = name_of(raw.get("Tags"), raw.get("PublicIp") or own_id)
    return built(KIND, place, Facts(own_id, name, "in-use" if attached else "available", tags_of(raw.get("Tags")), properties))


SCANNER = Scanner(
    kind=KIND,
    operation="ec2:DescribeAddresses",
    everything=Ask("describe_addresses", ("Addresses",)),
    one=lambda own_id: Ask("describe_addresses", ("Addresses",), {"AllocationIds": [own_id]}),
    item_id="AllocationId",
    # An address of EC2-Classic has no such id, and is none of ours.
    identify=lambda raw: str(raw.get("AllocationId", "")),
    to_resource=to_resource,
)
