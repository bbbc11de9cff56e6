"""What a key service answered instead of a key, as errors for people: each names the key, what was tried, and what to do. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import Denied, NotFound, Rejected, SettingsError, Throttled, Unreachable, WrongKey


@dataclass(frozen=True, slots=True)
class Asked:
    """One call: of which service, for which key, and the permission it needs, as that service writes it."""

    service: str
    key: str
    tried: str

    def denied(self, code: str, answer: str) -> Denied:
        """The credentials lack the permission."""
        return Denied(
            f"{self.service} does not let these credentials use the key {self.key} ({code}).",
            tried=self.tried,
            code=code,
            answer=answer,
            hint=f"They need {self.tried} on it.",
        )

    def stranger(self, code: str, answer: str) -> Denied:
        """The credentials themselves are not good."""
        return Denied(
            f"{self.service} does not know or no longer takes these credentials ({code}), asked for the key {self.key}.",
            tried=self.tried,
            code=code,
            answer=answer,
            hint="Sign in again, or correct them.",
        )

    def missing(self, code: str, answer: str) -> NotFound:
        return NotFound(
            f"{self.service} has no key {self.key}.",
            tried=self.tried,
            code=code,
            answer=answer,
            hint="Correct `estate.key_service.id`, or have the key restored.",
        )

    def unusable(self, code: str, answer: str) -> Rejected:
        """Disabled, waiting for its deletion, or not of a kind that wraps."""
        said = f": {answer}" if answer else ""
        return Rejected(
            f"{self.service} cannot use the key {self.key} ({code}){said}",
            tried=self.tried,
            code=code,
            answer=answer,
            hint="Have it enabled again: without it nothing here opens.",
        )

    def throttled(self, code: str) -> Throttled:
        return Throttled(
            f"{self.service} is asked too often ({code}), asked for the key {self.key}. Repeat in a moment.", tried=self.tried, code=code
        )

    def away(self, what: str, where: str = "") -> Unreachable:
        at = f" at {where}" if where else ""
        return Unreachable(
            f"{self.service}{at} did not answer, asked for the key {self.key}: {what}.",
            tried=self.tried,
            hint="Repeat when it does; nothing was changed.",
        )

    def wrong(self, code: str) -> WrongKey:
        return WrongKey(f"The key {self.key} of {self.service} does not open the data key ({code}).", hint="Is it the one that wrapped it?")

    def garbled(self, what: str) -> Unreachable:
        """What came back is not what the service computed."""
        return Unreachable(f"What {self.service} answered for the key {self.key} arrived changed: {what}.", tried=self.tried)


def sdk_missing(service: str, extra: str) -> SettingsError:
    return SettingsError(f"{service} needs its SDK, which is not installed.", hint=f"Run `pip install 'escher-ops[{extra}]'`.")
