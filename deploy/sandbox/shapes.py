"""What the demo's Azure and GCP hold, one shape a kind of thing. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Machine:
    """A virtual machine. `place` is an Azure region or a GCP zone; `cpu` its average over a week, None where nobody measured."""

    account: str
    app: str
    name: str
    place: str
    size: str
    tags: Mapping[str, str] = field(default_factory=dict)
    cpu: float | None = None
    state: str = "running"
    windows: bool = False
    public: bool = False


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk beside the boot disks; `on` is the machine it hangs on, if any."""

    account: str
    app: str
    name: str
    place: str
    size_gb: int
    tags: Mapping[str, str] = field(default_factory=dict)
    on: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A copy of the disk named `of`."""

    account: str
    app: str
    name: str
    of: str
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A storage account or a bucket; `strict` has the modern defaults (TLS 1.2, uniform access)."""

    account: str
    app: str
    name: str
    place: str
    tags: Mapping[str, str] = field(default_factory=dict)
    public: bool = False
    strict: bool = True


@dataclass(frozen=True, slots=True)
class Database:
    """An Azure SQL database (`name` is server/database) or a Cloud SQL instance."""

    account: str
    app: str
    name: str
    place: str
    size: str
    tags: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    protected: bool = True
    stopped: bool = False
