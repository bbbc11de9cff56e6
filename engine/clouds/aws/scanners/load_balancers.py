"""Application, network and gateway load balancers. Pure: declares the calls and maps their answers."""

from __future__ import annotations

from engine.clouds.aws import arn
from engine.clouds.aws.scanner import Ask, Detail, Facts, Kind, Place, Raw, Scanner, built, known, tags_of
from engine.estate.resource import Resource

KIND = Kind("load_balancer", "AWS::ElasticLoadBalancingV2::LoadBalancer", "elasticloadbalancing", "loadbalancer", client="elbv2")
ITEMS = ("LoadBalancers",)


def to_resource(raw: Raw, place: Place) -> Resource | None:
    open_ = raw.get("Scheme") == "internet-facing"
    properties = {
        "kind": raw.get("Type", ""),
        "dns_name": raw.get("DNSName", ""),
        "public": open_,
        **known(deletion_protection=raw.get("DeletionProtection")),
    }
    state = raw.get("State", {}).get("Code", "active").replace("_", "-")
    return built(KIND, place, Facts(_own_id(raw), raw["LoadBalancerName"], state, tags_of(raw.get("Tags")), properties))


def _own_id(raw: Raw) -> str:
    """`app/NAME/NUMBER`."""
    return arn.parse(raw["LoadBalancerArn"]).own_id


def _guarded(answer: Raw) -> Raw:
    said = {one["Key"]: one["Value"] for one in answer["Attributes"]}
    return {"DeletionProtection": said.get("deletion_protection.enabled") == "true"}


SCANNER = Scanner(
    kind=KIND,
    operation="elasticloadbalancing:DescribeLoadBalancers",
    everything=Ask("describe_load_balancers", ITEMS),
    one=lambda own_id: Ask("describe_load_balancers", ITEMS, {"Names": [own_id.split("/")[1]]}),
    item_id="LoadBalancerArn",
    identify=_own_id,
    to_resource=to_resource,
    details=(
        Detail(
            "elasticloadbalancing:DescribeLoadBalancerAttributes",
            lambda raw: Ask("describe_load_balancer_attributes", (), {"LoadBalancerArn": raw["LoadBalancerArn"]}),
            _guarded,
        ),
        Detail(
            "elasticloadbalancing:DescribeTags",
            lambda raw: Ask("describe_tags", ("TagDescriptions",), {"ResourceArns": [raw["LoadBalancerArn"]]}),
            lambda answer: {"Tags": answer.get("Tags", [])},
        ),
    ),
)
