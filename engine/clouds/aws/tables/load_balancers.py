"""Changes to application, network and gateway load balancers, as a table. Pure."""

from __future__ import annotations

from engine.clouds.aws.tables.ways import IN_REGION, switched, tagging
from engine.clouds.operation import Operation, OperationClass

BALANCER = frozenset({"AWS::ElasticLoadBalancingV2::LoadBalancer"})
PROTECT = "elasticloadbalancing:ModifyLoadBalancerAttributes:protect"
UNPROTECT = "elasticloadbalancing:ModifyLoadBalancerAttributes:unprotect"
_MODIFY = ("aws", "elbv2", "modify-load-balancer-attributes", "--load-balancer-arn", "{id}", "--attributes")

TABLE: tuple[Operation, ...] = (
    Operation(
        name=PROTECT,
        cloud="aws",
        native_types=BALANCER,
        kind=OperationClass.GUARD,
        title="Protect",
        command=(*_MODIFY, "Key=deletion_protection.enabled,Value=true", *IN_REGION),
        promise={"properties.deletion_protection": True},
        inverse=switched(PROTECT, "deletion_protection", UNPROTECT),
        repeatable=True,
    ),
    Operation(
        name=UNPROTECT,
        cloud="aws",
        native_types=BALANCER,
        kind=OperationClass.EXPOSE,
        title="Unprotect",
        command=(*_MODIFY, "Key=deletion_protection.enabled,Value=false", *IN_REGION),
        promise={"properties.deletion_protection": False},
        inverse=switched(UNPROTECT, "deletion_protection", PROTECT, on=False),
        repeatable=True,
    ),
    Operation(
        name="elasticloadbalancing:DeleteLoadBalancer",
        cloud="aws",
        native_types=BALANCER,
        kind=OperationClass.DELETE,
        title="Delete",
        command=("aws", "elbv2", "delete-load-balancer", "--load-balancer-arn", "{id}", *IN_REGION),
        promise={"gone": True},
        no_way_back="A new load balancer has another address, and its listeners and rules have to be made anew.",
        repeatable=True,
    ),
    *tagging(
        "elasticloadbalancing",
        BALANCER,
        ("AddTags", "RemoveTags"),
        (
            ("aws", "elbv2", "add-tags", "--resource-arns", "{id}", "--tags", "Key={$key},Value={$value}"),
            ("aws", "elbv2", "remove-tags", "--resource-arns", "{id}", "--tag-keys", "{$key}"),
        ),
    ),
)
