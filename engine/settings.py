"""What a user configures, as one typed tree read once at the entry. Pure models; `load` is the edge."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from engine.errors import SettingsError

CloudName = Literal["aws", "azure", "gcp"]

Environment = Literal["production", "staging", "development", "test", "sandbox"]
Role = Literal["manager", "executor", "viewer"]
# Where a secret is, never the secret itself; `engine.secrets.references` reads them.


def _is_reference(said: str) -> str:
    kind, _, name = said.partition(":")
    if kind not in ("env", "keychain", "file") or not name:
        raise ValueError("write where the secret is (env:NAME, keychain:NAME or file:PATH), never the secret itself")
    return said


SecretReference = Annotated[str, AfterValidator(_is_reference)]


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


_LOOPBACK = ("127.0.0.1", "localhost", "::1")
KeyKind = Literal["file", "keychain", "passphrase", "vault", "aws-kms", "azure-key-vault", "gcp-kms"]
PlatformName = Literal["slack", "teams", "web", "console"]


class QuietHours(Part):
    """When not to disturb somebody: from one time of the day to another, over midnight too, in a time zone of the IANA database.

    A start that is the end means never.
    """

    start: time
    end: time
    timezone: str = "UTC"

    @model_validator(mode="after")
    def _without_offset(self) -> QuietHours:
        if self.start.tzinfo is not None or self.end.tzinfo is not None:
            raise ValueError("write start and end without an offset, as 22:00; `timezone` says where")
        _known_zone(self.timezone)
        return self


def _known_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"timezone {name!r} is not in the IANA database; write it as Europe/Berlin") from None


class ScheduleSettings(Part):
    """Changes for later. `timezone` is where "at 8pm" is meant when nobody says; empty takes this machine's, or UTC where it has none.

    `heads_up_minutes` before a run its place is told (0: never); a time that came while Escher was not running is made up for within
    `grace_minutes` and told as missed after that. An approval stands for `standing_days`; `most` schedules may stand at once.
    """

    timezone: str = ""
    heads_up_minutes: int = Field(default=15, ge=0, le=24 * 60)
    grace_minutes: int = Field(default=15, ge=0, le=24 * 60)
    standing_days: int = Field(default=90, ge=1, le=366)
    most: int = Field(default=200, ge=1, le=10_000)

    @field_validator("timezone")
    @classmethod
    def _in_the_database(cls, timezone: str) -> str:
        if timezone:
            _known_zone(timezone)
        return timezone


class Person(Part):
    """Somebody Escher knows. `logins` maps a platform to that person's id there: `web: lena`, `slack: T01/U02`, `teams: tenant/object-id`.

    `reach` is where they are told of what waits for them; without it, the first of their logins.
    """

    id: str = Field(pattern=r"[a-z][a-z0-9_.-]{0,63}")
    name: str
    roles: tuple[Role, ...] = ("viewer",)
    logins: dict[PlatformName, str] = Field(default_factory=dict)
    reach: PlatformName | None = None
    quiet: QuietHours | None = None

    @field_validator("logins")
    @classmethod
    def _teams_ids_in_one_case(cls, logins: dict[PlatformName, str]) -> dict[PlatformName, str]:
        """Microsoft's ids are written in either case; they are compared in one."""
        return {name: login.lower() if name == "teams" else login for name, login in logins.items()}

    @model_validator(mode="after")
    def _reachable(self) -> Person:
        if self.reach is not None and self.reach not in self.logins:
            raise ValueError(f"{self.id} is to be reached on {self.reach} and has no login there")
        return self


class PolicySettings(Part):
    """When a plan must wait for a manager, and for how many."""

    approve_above_targets: int = Field(default=10, ge=0, description="more targets than this wait for a manager")
    approval_minutes: int = Field(default=60, ge=1, le=7 * 24 * 60)
    remind_minutes: int = Field(
        default=10, ge=0, description="how long an approver is waited for before a reminder, then before the next; 0 tells nobody"
    )
    most_targets: int = Field(default=500, ge=1, description="a plan with more targets than this is refused")
    requester_may_approve: bool = False
    protected_tags: dict[str, str] = Field(default_factory=dict, description="resources tagged so are never deleted, whoever approves")


class AdvisorSettings(Part):
    """Where the AI server is, or `local` for one of our own as a process on this machine; how long to wait for it, in seconds.

    `token` is a reference to the bearer token it asks for; without one ESCHER_ADVISOR_TOKEN is taken where it is set. `ca_file` is the PEM bundle
    that vouches for it in place of the public authorities. `pins` are the keys it may present (`sha256/BASE64` of the SubjectPublicKeyInfo); name
    the next one beside the present one before the key is replaced.
    """

    url: str = "local"
    token: SecretReference | None = None
    timeout_s: float = Field(default=10.0, gt=0)
    ca_file: str = ""
    pins: tuple[Annotated[str, Field(pattern=r"^sha256/[A-Za-z0-9+/]{43}=$")], ...] = Field(default=(), max_length=8)

    @model_validator(mode="after")
    def _spoken_to_in_private(self) -> AdvisorSettings:
        address = urlsplit(self.url)
        if self.url != "local" and (address.scheme not in ("http", "https") or not address.hostname):
            raise ValueError("url is `local` or an address such as https://ai.example.com")
        if address.username or address.password:
            raise ValueError("a url carries no credentials; `token` says where the token is")
        if address.scheme == "http" and address.hostname not in _LOOPBACK:
            raise ValueError("an AI server elsewhere is spoken to over https:// only")
        if (self.pins or self.ca_file) and address.scheme != "https":
            raise ValueError("pins and ca_file belong to an https:// url")
        return self


class KeySettings(Part):
    """Where the key in a service is that wraps the data key; used with `estate.key` vault, aws-kms, azure-key-vault or gcp-kms.

    `id` names it: for Vault `transit/NAME` or `kv/PATH` (its field `key`; another mount as `transit@MOUNT/NAME`, `kv@MOUNT/PATH`), for AWS a
    key ARN or alias ARN, for Azure the key's URL `https://VAULT.vault.azure.net/keys/NAME`, for GCP
    `projects/P/locations/L/keyRings/R/cryptoKeys/K`. `url` is Vault's address, or another endpoint than the provider's own. `token` is Vault's, by reference; the clouds use the credentials of this machine (`profile` for AWS).
    """

    id: str = ""
    url: str = ""
    token: SecretReference = "env:VAULT_TOKEN"  # noqa: S105 - the name of a variable, not a secret
    profile: str = ""
    ca_file: str = ""


class StoreSettings(Part):
    """What holds the collections: `edge`, in a process of Escher's own, or `qdrant`, a server or cluster at `url`.

    `api_key` is a reference; `ca_file` the PEM bundle that vouches for the server; `prefix` stands before each collection's name, so that two
    installations may share a server (none may begin with another's); `shards` and `replicas` are those of new collections.
    """

    kind: Literal["edge", "qdrant"] = "edge"
    url: str = ""
    api_key: SecretReference | None = None
    ca_file: str = ""
    prefix: str = "escher_"
    shards: int = Field(default=1, ge=1, le=64)
    replicas: int = Field(default=1, ge=1, le=8)
    timeout_s: float = Field(default=10.0, gt=0)

    @model_validator(mode="after")
    def _has_an_address(self) -> StoreSettings:
        if self.kind == "qdrant" and not self.url.startswith(("https://", "http://")):
            raise ValueError("kind qdrant needs the server's url, as https://qdrant.example.com:6333")
        if self.kind == "qdrant" and self.url.startswith("http://") and urlsplit(self.url).hostname not in _LOOPBACK:
            raise ValueError("a Qdrant server elsewhere is spoken to over https:// only")
        return self


class EstateSettings(Part):
    """The local store. `key` says what wraps its key: `keychain`, `passphrase` (ESCHER_PASSPHRASE), `file` (in ESCHER_HOME, mode 600), or a service."""

    key: KeyKind = "keychain"
    key_service: KeySettings = KeySettings()
    store: StoreSettings = StoreSettings()
    embeddings: str = "sentence-transformers/all-MiniLM-L6-v2"
    model_dir: str = ""

    @model_validator(mode="after")
    def _service_is_named(self) -> EstateSettings:
        if self.key not in ("file", "keychain", "passphrase") and not self.key_service.id:
            raise ValueError(f"key {self.key} needs key_service.id, which names the key there")
        return self


class ExecutionSettings(Part):
    """How changes run. `width` is how many steps run at once; times in seconds."""

    width: int = Field(default=8, ge=1, le=64)
    step_timeout_s: float = Field(default=600.0, gt=0)
    poll_s: float = Field(default=2.0, gt=0)
    retries: int = Field(
        default=2, ge=0, le=5, description="for operations that may be repeated without doing more; others are never sent twice"
    )


class SlackSettings(Part):
    """One Slack workspace. Tokens are references: `env:NAME`, `keychain:NAME` or `file:PATH`.

    `mode` socket needs no public address; http takes signed requests at `host:port`. `own_teams` are further workspaces of the same
    organisation: people of all others are guests. `channels` are where the bot should be, which `escher doctor` checks.
    """

    mode: Literal["socket", "http"] = "socket"
    bot_token: SecretReference = "env:ESCHER_SLACK_BOT_TOKEN"  # noqa: S105 - the name of a variable, not a secret
    app_token: SecretReference = "env:ESCHER_SLACK_APP_TOKEN"  # noqa: S105
    signing_secret: SecretReference = "env:ESCHER_SLACK_SIGNING_SECRET"  # noqa: S105
    host: str = "127.0.0.1"
    port: int = Field(default=8766, ge=0, le=65535)
    api_url: str = "https://slack.com/api/"
    own_teams: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


class TeamsSettings(Part):
    """One Teams tenant. `app_id` is the Microsoft Entra application of the Azure Bot; `secret` is a reference, as in `SlackSettings`.

    Teams calls `https://…/api/messages`, which a proxy of yours passes on to `host:port`. `login_url`, `metadata_url` and `service_urls` are
    Microsoft's unless you run in a national cloud; `service_urls` are where replies may be sent to. `playground` takes and sends without
    tokens, for Microsoft's Agents Playground on this machine, and is refused on any address that others reach.
    """

    app_id: str
    tenant: str
    secret: SecretReference = "env:ESCHER_TEAMS_SECRET"  # noqa: S105 - the name of a variable, not a secret
    host: str = "127.0.0.1"
    port: int = Field(default=3978, ge=0, le=65535)
    login_url: str = "https://login.microsoftonline.com"
    metadata_url: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    service_urls: tuple[str, ...] = ("https://smba.trafficmanager.net/",)
    playground: bool = False

    @model_validator(mode="after")
    def _playground_is_here(self) -> TeamsSettings:
        if self.playground and self.host not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError("playground goes with a loopback host only: it takes requests without a token")
        return self


class Settings(Part):
    """The whole configuration of the bot's side."""

    accounts: tuple[AccountSettings, ...] = ()
    people: tuple[Person, ...] = ()
    policy: PolicySettings = PolicySettings()
    advisor: AdvisorSettings = AdvisorSettings()
    estate: EstateSettings = EstateSettings()
    execution: ExecutionSettings = ExecutionSettings()
    schedules: ScheduleSettings = ScheduleSettings()
    scan_minutes: int = Field(default=15, ge=0, description="how often `escher run` scans again; 0 scans at the start only")
    slack: SlackSettings | None = None
    teams: TeamsSettings | None = None
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
        raise SettingsError(
            f"{source}: {field}: {first['msg'].removeprefix('Value error, ')}.", hint="`escher init` writes a commented example."
        ) from None


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
