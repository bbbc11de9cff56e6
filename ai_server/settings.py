"""What the AI server is told at its start, read once from the environment. Pure: the environment comes in as an argument."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

PREFIX = "ESCHER_AI_"
PLAYBOOKS_VARIABLE = "ESCHER_PLAYBOOKS"


class BadSettings(ValueError):
    """A variable of the environment says something that cannot be; the message names it and never its value."""


class Settings(BaseModel):
    """Where to listen, whom to let in, and how much to take. Each field is the variable `ESCHER_AI_<FIELD>`.

    `token` empty means nobody is asked for one. `max_body` in bytes, `concurrency` in requests at once, `body_timeout_s` in seconds.
    `playbooks` is a folder (`ESCHER_PLAYBOOKS`); without it the checkout's or the installed one is taken.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8787, ge=0, le=65535)
    token: SecretStr = SecretStr("")
    max_body: int = Field(default=1024 * 1024, ge=1024)
    concurrency: int = Field(default=64, ge=1)
    body_timeout_s: float = Field(default=10.0, gt=0)
    playbooks: Path | None = None


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
