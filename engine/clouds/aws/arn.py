"""Amazon's resource names, taken apart and put together. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Services whose names have a colon, and not a slash, between kind and own id.
_COLON = frozenset({"rds", "lambda", "logs", "redshift", "autoscaling"})
# Services that name one kind only, and leave its word out.
_KINDLESS = {"s3": "bucket", "sqs": "queue"}
# A backup of DynamoDB is written under its table: `table/orders/backup/0123`.
_UNDER = {("dynamodb", "backup"): "table"}
_BACKUP = "/backup/"


@dataclass(frozen=True, slots=True)
class Arn:
    """`service` and `kind` say what it names (`ec2`, `instance`), `own_id` which one. S3 names carry neither region nor account."""

    service: str
    region: str
    account: str
    kind: str
    own_id: str

    def __str__(self) -> str:
        partition = partition_of(self.region)
        if self.service == "s3":
            return f"arn:{partition}:s3:::{self.own_id}"
        head = f"arn:{partition}:{self.service}:{self.region}:{self.account}:"
        if self.service in _KINDLESS:
            return head + self.own_id
        kind = _UNDER.get((self.service, self.kind), self.kind)
        return f"{head}{kind}{':' if self.service in _COLON else '/'}{self.own_id}"


def parse(text: str) -> Arn:
    """The parts of an ARN. Raises ValueError."""
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or not parts[5]:
        raise ValueError(f"{text!r} is not an ARN")
    _, _, service, region, account, rest = parts
    if service in _KINDLESS:
        return Arn(service, region, account, _KINDLESS[service], rest)
    kind, _, own_id = re.sub(r"[:/]", "\0", rest, count=1).partition("\0")
    if not own_id:
        raise ValueError(f"{text!r} names no resource")
    if service == "dynamodb" and _BACKUP in own_id:
        kind = "backup"
    return Arn(service, region, account, kind, own_id)


def partition_of(region: str) -> str:
    """The partition a region lies in: `aws`, `aws-cn` or `aws-us-gov`."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"
