"""A few commands and a made-up model for the tests of search."""

import hashlib
from collections.abc import Sequence

import numpy as np

from ai_server.knowledge.commands.command import Command
from ai_server.knowledge.search.features import FEATURES
from ai_server.knowledge.search.learned import Learned, Service, Weights
from ai_server.knowledge.search.ranked import Floats
from ai_server.knowledge.search.words import plain_words, stem

WIDTH = 64
WEIGHTS = {
    **dict.fromkeys(FEATURES, 0.0),
    "anywhere": 5.0,
    "named": 1.0,
    "told": 2.0,
    "unasked": -1.3,
    "verb": 0.6,
    "number": 0.7,
    "popularity": 1.0,
    "meaning": 0.8,
}


def aws(service: str, operation: str, kebab: str, summary: str, detail: str = "") -> Command:
    return Command("aws", f"{service}:{operation}", f"aws {service} {kebab}", service, summary, "write", detail=detail)


COMMANDS = (
    aws("ec2", "StopInstances", "stop-instances", "Stops an Amazon EBS-backed instance.", "You can restart it at any time."),
    aws("ec2", "StartInstances", "start-instances", "Starts an Amazon EBS-backed instance."),
    aws("ec2", "DescribeInstances", "describe-instances", "Describes the specified instances or all instances."),
    aws("ec2", "DescribeInstanceStatus", "describe-instance-status", "Describes the status of instances."),
    aws("ec2", "CreateVolume", "create-volume", "Creates an EBS volume."),
    aws("rds", "StopDBInstance", "stop-db-instance", "Stops a DB instance."),
    aws("rds", "CreateDBSnapshot", "create-db-snapshot", "Creates a snapshot of a DB instance."),
    aws("lightsail", "StopInstance", "stop-instance", "Stops a specific Lightsail instance that is currently running."),
    Command("aws", "aws ec2 wait instance-stopped", "aws ec2 wait instance-stopped", "ec2", "Wait until an instance is stopped.", "read"),
    Command("azure", "az vm deallocate", "az vm deallocate", "vm", "Deallocate a VM so that computing resources are no longer allocated.", "write"),
    Command("azure", "az vm list", "az vm list", "vm", "List details of Virtual Machines.", "list"),
    Command("azure", "az vm show", "az vm show", "vm", "Get the details of a virtual machine.", "read"),
    Command("azure", "az version", "az version", "version", "Show the versions of Azure CLI.", "read"),
    Command("gcp", "compute.instances.stop", "gcloud compute instances stop", "compute", "Stops a running instance.", "write"),
    Command("gcp", "compute.instances.list", "", "compute", "Retrieves the list of instances.", "list"),
)  # fmt: skip
AWS = tuple(one for one in COMMANDS if one.cloud == "aws")


def learned() -> Learned:
    weights = Weights(with_meaning=WEIGHTS, words_alone={name: weight for name, weight in WEIGHTS.items() if name != "meaning"})
    return Learned(
        weights={"aws": weights, "azure": weights, "gcp": weights},
        verbs={"aws": {"show": {"describe": 9}, "halt": {"stop": 5}}, "azure": {}, "gcp": {}},
        services={
            "aws": {
                "ec2": Service(title="Elastic Compute Cloud", illustrated=4),
                "rds": Service(title="Relational Database", illustrated=1),
            }
        },
    )


def embed(texts: Sequence[str]) -> Floats:
    """Each word has a direction of its own; a text points where its words do."""
    rows = [sum((_direction(stem(word)) for word in plain_words(text)), np.zeros(WIDTH)) for text in texts]
    return np.array([row / max(float(np.linalg.norm(row)), 1e-9) for row in rows], dtype=np.float32)


def _direction(word: str) -> np.ndarray:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8])
    return np.random.default_rng(seed).standard_normal(WIDTH)
