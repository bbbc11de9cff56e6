"""What a command is: one public operation of one cloud, as its provider describes it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ai_server.wire import CloudName

Access = Literal["list", "read", "write", "tagging", "permissions", "unknown"]
"""The provider's own level of access: AWS's service authorisation levels; Azure and GCP mapped onto the same words. Anything but `list` and
`read` changes something; `unknown` is treated as a change."""

Side = Literal["both", "api", "cli"]
Kind = Literal["text", "integer", "number", "boolean", "list", "map", "structure", "blob", "timestamp"]


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter. `name` as in the API (`InstanceIds`; for Azure the long option without dashes, `resource_group`), `option` as typed.

    `side` says where it is taken: by the API alone, by the command line alone (`--outfile`), or by both. `aliases` are the other spellings
    of the option (`-g`). `unless` is the option that stands in for a required one (`--ids` for `--name` and `--resource-group`).
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    option: str = ""  # --instance-ids; "" for a positional argument
    choices: tuple[str, ...] = ()
    meaning: str = ""  # one short line, may be empty
    side: Side = "both"
    aliases: tuple[str, ...] = ()
    unless: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """One operation.

    `operation`: `ec2:StopInstances`, `az vm deallocate`, `compute.instances.stop`. `command`: what a person types, without arguments:
    `aws ec2 stop-instances`, `az vm deallocate`, `gcloud compute instances stop`; empty where the CLI has none (some GCP methods).
    `service`: `ec2`, `vm`, `compute`. `summary`: the first sentence of the provider's description; `detail`: a few more, for search only.
    `permissions`: what it is checked as: `ec2:StopInstances`, `Microsoft.Compute/virtualMachines/deallocate/action`, `compute.instances.stop`.
    What only a CLI has (`aws s3 sync`, `aws ec2 wait instance-running`) has its command as its operation. `fields` may be a lazy sequence:
    a loaded command unpacks them when they are looked at, so look at them of the commands in question and not of all.
    """

    cloud: CloudName
    operation: str
    command: str
    service: str
    summary: str
    access: Access
    fields: Sequence[Field] = ()
    detail: str = ""
    examples: tuple[str, ...] = ()  # titles of the CLI's own examples, of the development half only
    permissions: tuple[str, ...] = ()

    @property
    def reads(self) -> bool:
        """Whether it surely changes nothing."""
        return self.access in ("list", "read")
