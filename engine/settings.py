"""What a user configures, as one typed tree read once at the entry. Pure models; `load` is the edge."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from engine.errors import SettingsError

CloudName = Literal["aws", "azure", "gcp"]

Environment = Literal["production", "staging", "development", "test", "sandbox"]
Role = Literal["manager", "executor", "viewer"]


class Part(BaseModel):
    """Extra keys are errors: a typing mistake must not silently mean the default."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AccountSettings(Part):
    """One AWS account, Azure subscription or GCP project.

    `credentials` is a reference, never a secret: AWS `default`, `profile:NAME`; Azure `default`; GCP `default`; `sandbox` for the
    local clouds of the demo, allowed with a loopback `endpoint` only. `role` is an AWS role ARN to assume from those credentials.
    `ca_file` is the PEM bundle that vouches for `endpoint`.
    """

    cloud: CloudName
    id: str
    name: str
    environment: Environment | None = None
    regions: tuple[str, ...] = ()
    credentials: str = "default"
    role: str = ""
    endpoint: str = ""
    ca_file: str = ""

    @model_validator(mode="after")
    def _sandbox_is_loopback(self) -> AccountSettings:
        if self.credentials == "sandbox" and not self.endpoint.split("://")[-1].startswith(("127.0.0.1", "localhost", "[::1]")):
            raise ValueError("credentials 'sandbox' go with a loopback endpoint only")
        return self


class Person(Part):
    """Somebody Escher knows. `logins` maps a platform to that person's id there: `web: lena`, `slack: T01/U02`, `teams: tenant/object-id`."""

    id: str = Field(pattern=r"[a-z][a-z0-9_.-]{0,63}")
    name: str
    roles: tuple[Role, ...] = ("viewer",)
    logins: dict[str, str] = Field(default_factory=dict)


class PolicySettings(Part):
    """When a plan must wait for a manager, and for how many."""

    approve_above_targets: int = Field(default=10, ge=0, description="more targets than this wait for a manager")
    approval_minutes: int = Field(default=60, ge=1, le=7 * 24 * 60)
    most_targets: int = Field(default=500, ge=1, description="a plan with more targets than this is refused")
    requester_may_approve: bool = False
    protected_tags: dict[str, str] = Field(default_factory=dict, description="resources tagged so are never deleted, whoever approves")


class AdvisorSettings(Part):
    """Where the AI server is, or `local` for one of our own as a process on this machine; how long to wait for it, in seconds."""

    url: str = "local"
    token_env: str = "ESCHER_ADVISOR_TOKEN"  # noqa: S105 - the name of a variable, not a secret
    timeout_s: float = Field(default=10.0, gt=0)


class EstateSettings(Part):
    """The local store. `key` says where its key comes from: `file` (in ESCHER_HOME, mode 600), `keychain`, or `passphrase` (ESCHER_PASSPHRASE)."""

    key: Literal["file", "keychain", "passphrase"] = "keychain"
    embeddings: str = "sentence-transformers/all-MiniLM-L6-v2"
    model_dir: str = ""


class ExecutionSettings(Part):
    """How changes run. `width` is how many steps run at once; times in seconds."""

    width: int = Field(default=8, ge=1, le=64)
    step_timeout_s: float = Field(default=600.0, gt=0)
    poll_s: float = Field(default=2.0, gt=0)
    retries: int = Field(
        default=2, ge=0, le=5, description="for operations that may be repeated without doing more; others are never sent twice"
    )


class Settings(Part):
    """The whole configuration of the bot's side."""

    accounts: tuple[AccountSettings, ...] = ()
    people: tuple[Person, ...] = ()
    policy: PolicySettings = PolicySettings()
    advisor: AdvisorSettings = AdvisorSettings()
    estate: EstateSettings = EstateSettings()
    execution: ExecutionSettings = ExecutionSettings()
    scan_minutes: int = Field(default=15, ge=0, description="how often `escher run` scans again; 0 scans at the start only")
    web_port: int = Field(default=8765, ge=0, le=65535)

    @model_validator(mode="after")
    def _one_login_one_person(self) -> Settings:
        seen: dict[tuple[str, str], str] = {}
        for person in self.people:
            for login in person.logins.items():
                if login in seen:
                    raise ValueError(f"login {login[0]}:{login[1]} belongs to both {seen[login]!r} and {person.id!r}")
                seen[login] = person.id
        if len({p.id for p in self.people}) != len(self.people):
            raise ValueError("two people share one id")
        return self


def parse(data: Any, *, source: str) -> Settings:
    """Settings from plain data. Raises SettingsError naming the field and where it stood."""
    if not isinstance(data or {}, dict):
        raise SettingsError(f"{source}: the file as a whole is a {type(data).__name__}, not keys with values.")
    # A key with nothing under it, as when all its lines are comments, means its default.
    said = {key: value for key, value in (data or {}).items() if value is not None}
    try:
        return Settings.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "the file as a whole"
        raise SettingsError(f"{source}: {field}: {first['msg']}.", hint="`escher init` writes a commented example.") from None


def load(path: Path) -> Settings:
    """Settings from a YAML file. Raises SettingsError."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsError(f"No configuration at {path}.", hint="Run `escher init` to write one, or give --config FILE.") from None
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SettingsError(f"{path} is not YAML: {error}.") from None
    return parse(data, source=str(path))
