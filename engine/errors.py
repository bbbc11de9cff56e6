"""Every error the engine raises, as one tree. Pure.

EscherError                     a sentence a person understands, and what to do next
├── SettingsError               the configuration names something that cannot be
├── CloudError                  a cloud answered, or did not
│   ├── Denied                  401/403: the credentials lack a permission; never repeat
│   ├── Throttled               429: may be repeated after `retry_after` seconds
│   ├── NotFound                404: the resource is gone; never repeat
│   ├── Rejected                400/409/412: the cloud understood and said no; never repeat
│   └── Unreachable             no answer, or 5xx: unknown whether it happened; look before repeating
├── StoreError                  the estate's store
│   ├── WrongKey                the key does not open this store
│   ├── Corrupted               bytes on disk are not what was written; `what` names the file or entry
│   └── DiskFull                nothing was written
├── JournalError                the journal is broken, or may not be written
├── AdvisorError                the AI server is away, slow, or speaks garbage
└── Refused                     the engine will not do this; says what was tried, why not, who can
    ├── PlanRefused             a plan draft broke a guardrail
    ├── GrantRefused            an approval does not cover this execution
    ├── ScheduleRefused         a schedule cannot be that, or cannot be moved so
    └── Drifted                 the world changed since the plan was made
"""

from __future__ import annotations


class EscherError(Exception):
    """Base of all errors meant for people: `str(error)` is a whole sentence."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class SettingsError(EscherError):
    """The configuration is wrong; the message names the field."""


class CloudError(EscherError):
    """A cloud said no or said nothing.

    `tried` is the operation as the provider names it, `code` the provider's own error code, `answer` what came back.
    """

    def __init__(self, message: str, *, tried: str = "", code: str = "", answer: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.tried = tried
        self.code = code
        self.answer = answer


class Denied(CloudError):
    """The credentials may not do this."""


class Throttled(CloudError):
    """Asked too often; `retry_after` in seconds, 0 when the cloud did not say."""

    def __init__(self, message: str, *, retry_after: float = 0.0, tried: str = "", code: str = "", answer: str = "") -> None:
        super().__init__(message, tried=tried, code=code, answer=answer)
        self.retry_after = retry_after


class NotFound(CloudError):
    """The cloud does not know the resource (any more)."""


class Rejected(CloudError):
    """The cloud understood the call and refused it."""


class Unreachable(CloudError):
    """No usable answer: the call may or may not have happened."""


class StoreError(EscherError):
    """The estate's store cannot do what was asked."""


class WrongKey(StoreError):
    """The key given does not open this store."""


class Corrupted(StoreError):
    """Something on disk is not what was written there; `what` names it."""

    def __init__(self, message: str, *, what: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.what = what


class DiskFull(StoreError):
    """The disk took nothing more; what stood there before still stands."""


class JournalError(EscherError):
    """The journal does not verify or cannot be written."""


class AdvisorError(EscherError):
    """The AI server did not give a usable answer; nothing was changed."""


class Refused(EscherError):
    """The engine will not do this. `who_can` names the role that could."""

    def __init__(self, message: str, *, who_can: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.who_can = who_can


class PlanRefused(Refused):
    """A plan draft broke a guardrail."""


class GrantRefused(Refused):
    """There is no valid grant for what was to run."""


class ScheduleRefused(Refused):
    """A schedule cannot be what was asked for, or not be moved that way; the message names the word or field."""


class Drifted(Refused):
    """The cloud no longer looks as it did when the plan was made; `changes` says how."""

    def __init__(self, message: str, *, changes: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint="Ask again to get a fresh plan.")
        self.changes = changes
