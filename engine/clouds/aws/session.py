"""Connections to AWS, one client for each account, service, region and purpose, opened when first needed. Edge.

Changes go through clients that never retry, reads through clients that retry a little; nothing else differs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Literal

from engine.clouds.aws.answers import understood
from engine.clouds.aws.connecting import http_session
from engine.clouds.aws.descriptions import descriptions
from engine.errors import Denied, SettingsError
from engine.settings import AccountSettings

Purpose = Literal["read", "change"]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for AWS, in seconds, and how often to ask for what only reads."""

    connect_s: float = 5.0
    read_s: float = 30.0
    read_attempts: int = 3


class Sessions:
    """Clients by account. `close` lets go of all of them; a closed one opens again when asked."""

    def __init__(self, accounts: Sequence[AccountSettings], patience: Patience | None = None) -> None:
        self._accounts = {account.id: account for account in accounts}
        self._patience = patience or Patience()
        self._sessions: dict[str, Any] = {}
        self._clients: dict[tuple[str, str, str, Purpose], Any] = {}
        self._vouched: dict[str, str] = {}
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._vouching: dict[str, asyncio.Lock] = {}

    async def client(self, account_id: str, service: str, region: str, purpose: Purpose = "read") -> Any:
        """A client that is sure to act in that account. Raises SettingsError, CloudError."""
        account = self._account(account_id)
        await self._vouch(account, region)
        return await self._client(account, service, region, purpose)

    async def caller(self, account_id: str, region: str) -> str:
        """The ARN under which the account's credentials act. Raises SettingsError, CloudError."""
        await self._vouch(self._account(account_id), region)
        return self._vouched[account_id]

    async def close(self) -> None:
        """Closes every client. Idempotent."""
        self._clients.clear()
        self._sessions.clear()
        self._vouched.clear()
        stack, self._stack = self._stack, AsyncExitStack()
        await stack.aclose()

    def _account(self, account_id: str) -> AccountSettings:
        try:
            return self._accounts[account_id]
        except KeyError:
            raise Denied(f"AWS account {account_id} is not configured.", hint="Add it under `accounts`.") from None

    async def _vouch(self, account: AccountSettings, region: str) -> None:
        """Asks AWS once whose credentials these are: a profile that points elsewhere must not act under this account's name."""
        lock = self._vouching.setdefault(account.id, asyncio.Lock())
        async with lock:
            if account.id in self._vouched:
                return
            sts = await self._client(account, "sts", region, "read")
            with understood("sts:GetCallerIdentity"):
                caller = await sts.get_caller_identity()
                whose, arn = caller["Account"], caller["Arn"]
            if whose != account.id:
                raise Denied(
                    f"The credentials configured for AWS account {account.id} ({account.name}) belong to account {whose}.",
                    tried="sts:GetCallerIdentity",
                    code="WrongAccount",
                    hint=f"Correct `credentials` or `role` of {account.name}.",
                )
            self._vouched[account.id] = arn

    async def _client(self, account: AccountSettings, service: str, region: str, purpose: Purpose) -> Any:
        key = (account.id, service, region, purpose)
        async with self._opening:
            if key not in self._clients:
                opening = self._session(account).client(service, **self._options(account, region, purpose))
                self._clients[key] = await self._stack.enter_async_context(opening)
            return self._clients[key]

    def _session(self, account: AccountSettings) -> Any:
        if account.id not in self._sessions:
            plain = _plain_session(account)
            plain.register_component("data_loader", descriptions())
            import aioboto3

            session = aioboto3.Session(botocore_session=plain)
            self._sessions[account.id] = self._assumed(account, session) if account.role else session
        return self._sessions[account.id]

    def _assumed(self, account: AccountSettings, source: Any) -> Any:
        """A session whose credentials are the role's, taken when first needed and renewed before they expire."""
        import aioboto3
        from aiobotocore.credentials import AioDeferredRefreshableCredentials
        from aiobotocore.session import AioSession

        region = home_region(account)

        async def assume() -> dict[str, str]:
            async with source.client("sts", **self._options(account, region, "read")) as sts:
                answer = await sts.assume_role(RoleArn=account.role, RoleSessionName="escher")
            taken = answer["Credentials"]
            return {
                "access_key": taken["AccessKeyId"],
                "secret_key": taken["SecretAccessKey"],
                "token": taken["SessionToken"],
                "expiry_time": taken["Expiration"].isoformat(),
            }

        plain = AioSession()
        plain.register_component("data_loader", descriptions())
        # botocore has no public way to hand a session credentials that renew themselves.
        plain._credentials = AioDeferredRefreshableCredentials(refresh_using=assume, method="sts-assume-role")  # noqa: SLF001
        return aioboto3.Session(botocore_session=plain)

    def _options(self, account: AccountSettings, region: str, purpose: Purpose) -> dict[str, Any]:
        from aiobotocore.config import AioConfig

        config = AioConfig(
            connect_timeout=self._patience.connect_s,
            read_timeout=self._patience.read_s,
            retries={"total_max_attempts": self._patience.read_attempts if purpose == "read" else 1, "mode": "standard"},
            max_pool_connections=64,
            http_session_cls=http_session(),
            user_agent_extra="escher-ops",
            s3={"addressing_style": "path"} if account.endpoint else None,
        )
        return {
            "region_name": region,
            "config": config,
            "endpoint_url": account.endpoint or None,
            "verify": account.ca_file or None,
        }


def _plain_session(account: AccountSettings) -> Any:
    """The SDK's session for `credentials`, before any role is taken. Raises SettingsError."""
    try:
        from aiobotocore.session import AioSession
        from botocore.exceptions import ProfileNotFound
    except ImportError:
        raise SettingsError("AWS needs its SDK, which is not installed.", hint='Run `pip install "escher-ops[aws]"`.') from None
    kind, _, profile = account.credentials.partition(":")
    if kind == "sandbox":
        session = AioSession()
        session.set_credentials("sandbox", "sandbox")
        return session
    if kind == "default" and not profile:
        return AioSession()
    if kind == "profile" and profile:
        session = AioSession(profile=profile)
        try:
            session.get_scoped_config()
        except ProfileNotFound:
            raise SettingsError(f"Account {account.name}: there is no AWS profile {profile!r} on this machine.") from None
        return session
    raise SettingsError(f"Account {account.name}: credentials {account.credentials!r} are neither `default` nor `profile:NAME`.")


def home_region(account: AccountSettings) -> str:
    """The region to ask what concerns the whole account: the first configured one."""
    return next(iter(account.regions), "us-east-1")
