"""What the AI server is told at its start, read once from the environment. Pure: the environment comes in as an argument."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

PREFIX = "ESCHER_AI_"
PLAYBOOKS_VARIABLE = "ESCHER_PLAYBOOKS"
RATE_BEYOND_LOOPBACK = 20.0


class BadSettings(ValueError):
    """A variable of the environment says something that cannot be; the message names it and never its value."""


class Settings(BaseModel):
    """Where to listen, whom to let in, how much to take, which model to ask. Each field is the variable `ESCHER_AI_<FIELD>`.

    `token` may hold several tokens with spaces between, so that one can follow another; empty means nobody is asked for one.
    `certificate` and `key` are PEM files: with them TLS 1.3 is spoken. `behind_proxy` says that something in front speaks TLS, and that its
    X-Forwarded-For is to be believed. `max_body` in bytes, `concurrency` in requests at once, times in seconds; `body_timeout_s` is also for a request's headers. `rate` in requests a second and
    caller, with `burst` at once; 0 for no limit, which is also what loopback has without it. `playbooks` is a folder (`ESCHER_PLAYBOOKS`);
    without it the checkout's or the installed one is taken. `embedding` is the folder of a text model, with which commands are found by meaning
    as well as by words. `traces` gives OpenTelemetry one span a request.
    `model` is `provider:name` (see `ai_server/models/providers.py`), empty for none; `model_url` where an openai-compatible one is; `model_key`
    its key; `model_time_s` and `model_tokens` what one request may cost.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())

    host: str = "127.0.0.1"
    port: int = Field(default=8787, ge=0, le=65535)
    token: SecretStr = SecretStr("")
    certificate: Path | None = None
    key: Path | None = None
    behind_proxy: bool = False
    max_body: int = Field(default=1024 * 1024, ge=1024)
    concurrency: int = Field(default=64, ge=1)
    body_timeout_s: float = Field(default=10.0, gt=0)
    request_timeout_s: float = Field(default=30.0, gt=0)
    rate: float | None = Field(default=None, ge=0, le=100_000)
    burst: int = Field(default=100, ge=1)
    playbooks: Path | None = None
    embedding: Path | None = None
    traces: bool = False
    model: str = ""
    model_url: str = ""
    model_key: SecretStr = SecretStr("")
    model_time_s: float = Field(default=8.0, gt=0)
    model_tokens: int = Field(default=20_000, ge=500)

    @property
    def tokens(self) -> tuple[str, ...]:
        return tuple(self.token.get_secret_value().split())

    @property
    def effective_rate(self) -> float:
        """Requests a second and caller; 0 for no limit."""
        if self.rate is not None:
            return self.rate
        return 0.0 if is_loopback(self.host) and not self.behind_proxy else RATE_BEYOND_LOOPBACK

    def check(self) -> None:
        """Raises BadSettings for what fits together badly: half a certificate, or a port that others reach without TLS."""
        if (self.certificate is None) != (self.key is None):
            raise BadSettings(f"{PREFIX}CERTIFICATE and {PREFIX}KEY go together; one of them is missing.")
        if not is_loopback(self.host) and self.certificate is None and not self.behind_proxy:
            raise BadSettings(
                f"{PREFIX}HOST is an address that others reach, and there is no TLS. Give {PREFIX}CERTIFICATE and {PREFIX}KEY, "
                "or say --behind-proxy where a proxy in front speaks TLS."
            )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Settings from variables such as `ESCHER_AI_PORT`. Raises BadSettings naming the variable, also for one that is not known."""
    given: dict[str, str] = {key.removeprefix(PREFIX).lower(): value for key, value in environment.items() if key.startswith(PREFIX)}
    if PLAYBOOKS_VARIABLE in environment:
        given["playbooks"] = environment[PLAYBOOKS_VARIABLE]
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False)[0]
        name = str(first["loc"][0])
        variable = PLAYBOOKS_VARIABLE if name == "playbooks" else PREFIX + name.upper()
        raise BadSettings(f"{variable}: {first['msg']}.") from None
