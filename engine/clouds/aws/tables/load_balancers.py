"""Changes to application, network and gateway load balancers, as a table. Pure."""

from __future__ import annotations

from engine.clouds.aws import targets
from engine.clouds.aws.tables.ways import IN_REGION, by, switched, tagging
from engine.clouds.operation import Arguments, Inverse, Operation, OperationClass, Parameter
from engine.estate.resource import Resource

INSTANCE = frozenset({"AWS::EC2::Instance"})
_OWN_ID = "Id={properties.instance_id}"
BALANCER = frozenset({"AWS::ElasticLoadBalancingV2::LoadBalancer"})
PROTECT = "elasticloadbalancing:ModifyLoadBalancerAttributes:protect"
UNPROTECT = "elasticloadbalancing:ModifyLoadBalancerAttributes:unprotect"
DRAIN, REGISTER = "elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"
_PLACE = r"arn:aws[\w-]*:elasticloadbalancing:[\w-]+:\d{12}:targetgroup/[\w-]{1,32}/[0-9a-f]{1,32}:\d{1,5}"
_PLACES = Parameter("targets", pattern=f"{_PLACE}(,{_PLACE}){{0,99}}", meaning="target groups with their ports, commas between")
_UNTIL = Parameter("until", pattern=r"[a-z|]{1,60}", meaning="how it must stand there in the end")
# AWS lets requests run out for up to an hour, five minutes unless somebody set another time.
_LONGEST_DRAIN_S, _LONGEST_CHECK_S = 3900.0, 900.0
_MODIFY = ("aws", "elbv2", "modify-load-balancer-attributes", "--load-balancer-arn", "{id}", "--attributes")


def _registered_again(resource: Resource, _arguments: Arguments) -> Inverse:
    """Where it was, until it serves again; what did not serve before need not serve after."""
    until = "healthy" if resource.properties[targets.HEALTH] == "healthy" else "healthy|initial|unhealthy|unused"
    return Inverse(REGISTER, {"targets": ",".join(resource.properties[targets.GROUPS]), "until": until})


TABLE: tuple[Operation, ...] = (
    Operation(
        name=DRAIN,
        cloud="aws",
        native_types=INSTANCE,
        # Reversible, and what is sent to it ends: for approval it weighs what a stop weighs.
        kind=OperationClass.POWER,
        title="Drain",
        command=(
            "aws",
            "elbv2",
            "deregister-targets",
            "--target-group-arn",
            "{properties.target_group_arns}",
            "--targets",
            _OWN_ID,
            *IN_REGION,
        ),
        promise={f"properties.{targets.HEALTH}": targets.DRAINED},
        inverse=_registered_again,
        repeatable=True,
        settles_s=_LONGEST_DRAIN_S,
        permissions=(targets.DESCRIBE_HEALTH,),
    ),
    Operation(
        name=REGISTER,
        cloud="aws",
        native_types=INSTANCE,
        kind=OperationClass.POWER,
        title="Register",
        command=(
            "aws",
            "elbv2",
            "register-targets",
            "--target-group-arn",
            "{properties.target_group_arns}",
            "--targets",
            _OWN_ID,
            *IN_REGION,
        ),
        promise={f"properties.{targets.HEALTH}": "$until"},
        takes=(_PLACES, _UNTIL),
        states=frozenset({"running"}),
        inverse=by(DRAIN),
        repeatable=True,
        settles_s=_LONGEST_CHECK_S,
        permissions=(targets.DESCRIBE_HEALTH,),
    ),
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
