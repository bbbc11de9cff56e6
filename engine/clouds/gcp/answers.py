"""What Google Cloud's refusals and silences mean in the engine's errors and gaps. Pure; what the transport raises is looked up when it does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from engine.clouds.parts import BROKEN, TIMED_OUT
from engine.errors import CloudError, Denied, NotFound, Rejected, Throttled, Unreachable

# Compute says "too often" with 403 as well as with 429; only the reason tells it from a missing permission.
TOO_OFTEN = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "concurrentLimitExceeded", "quotaExceeded"})
PARTIAL = "PartialAnswer"
# Warnings by which Compute and Cloud SQL say that a list lacks what stands in some place.
_LACKING = frozenset({"UNREACHABLE", "PARTIAL_SUCCESS", "LIST_OVERHEAD_QUOTA_EXCEED", "REGION_UNREACHABLE"})
_UNREACHED = ("unreachable", "unreachables", "missingZones")
_REQUEST = re.compile(r"^[A-Z]+ https?://\S+: ")
_SERVER_ERROR = 500
_MOST_TEXT = 400


class Refusal(Exception):
    """An answer of Google that is no success. `told` is its JSON, or what stands for it; `retry_after` the header, '' without one."""

    def __init__(self, status: int, told: Any, retry_after: str = "") -> None:
        super().__init__(f"{status}: {told}")
        self.status = status
        error = told.get("error") if isinstance(told, Mapping) else None
        self.error: Mapping[str, Any] = error if isinstance(error, Mapping) else {"message": str(error or told or "")}
        self.retry_after = retry_after


class Partial(ValueError):
    """A list that says itself that it is not the whole."""


@contextmanager
def understood(tried: str) -> Iterator[None]:
    """Inside, what the session and its transport raise comes out as a CloudError that says what was tried."""
    from google.auth.exceptions import GoogleAuthError, TransportError
    from requests.exceptions import JSONDecodeError, RequestException, Timeout

    try:
        yield
    except Refusal as error:
        raise meaning(error, tried) from error
    except Partial as error:
        raise Unreachable(f"Google could not tell all of {tried}: {error}.", tried=tried, code=PARTIAL, answer=_text(error)) from error
    except (Timeout, TimeoutError) as error:
        raise Unreachable(f"Google did not answer {tried} in time.", tried=tried, code=TIMED_OUT, answer=_text(error)) from error
    except JSONDecodeError as error:
        raise broken(error, tried) from error
    except (RequestException, TransportError) as error:
        raise Unreachable(
            f"Google could not be reached for {tried}.", tried=tried, code=type(error).__name__, answer=_text(error)
        ) from error
    except GoogleAuthError as error:
        hint = "The credentials are missing, expired or not accepted."
        raise Denied(f"Google denied {tried}.", tried=tried, code=type(error).__name__, answer=_text(error), hint=hint) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise broken(error, tried) from error


def meaning(refusal: Refusal, tried: str) -> CloudError:
    """The engine's error for a status that Google answered."""
    status, reason, said = refusal.status, _reason(refusal), str(refusal.error.get("message") or "")[:_MOST_TEXT]
    if status == 429 or (status == 403 and reason in TOO_OFTEN):
        wait = _seconds(refusal.retry_after)
        return Throttled(f"Google throttled {tried}.", retry_after=wait, tried=tried, code=reason, answer=said)
    if status in (401, 403):
        return Denied(f"Google denied {tried}.", tried=tried, code=reason, answer=said, hint="The credentials lack this permission.")
    if status == 404:
        return NotFound(f"Google knows no such resource for {tried}.", tried=tried, code=reason, answer=said)
    if status >= _SERVER_ERROR or status in (0, 408):
        return Unreachable(f"Google failed at {tried} ({status}).", tried=tried, code=reason, answer=said)
    return Rejected(f"Google refused {tried}: {said.rstrip('.') or status}.", tried=tried, code=reason, answer=said)


def broken(error: Exception, tried: str) -> CloudError:
    """An answer that is not what the API promises: nobody knows what happened."""
    answer = f"{type(error).__name__}: {_text(error)}"
    return Unreachable(f"Google's answer to {tried} makes no sense.", tried=tried, code=BROKEN, answer=answer)


def whole(answer: Mapping[str, Any], where: str = "") -> None:
    """Raises Partial for a list that leaves out what could not be reached: a part of the estate must not look like all of it."""
    if missing := [str(place) for name in _UNREACHED for place in answer.get(name) or ()]:
        raise Partial(f"it could not read {', '.join(missing)}")
    for warning in (answer.get("warning"), *(answer.get("warnings") or ())):
        if warning and warning.get("code") in _LACKING:
            place = where or warning.get("region") or ""
            raise Partial(f"{place}: {warning.get('message') or warning['code']}".removeprefix(": "))


def _reason(refusal: Refusal) -> str:
    """Google's own word: from the old list of errors, or the newer `details`."""
    told = [*(refusal.error.get("errors") or ()), *(refusal.error.get("details") or ())]
    found = next((item["reason"] for item in told if isinstance(item, Mapping) and item.get("reason")), "")
    return str(found or refusal.status)


def _seconds(header: str) -> float:
    """A Retry-After in seconds; a date or nonsense counts as not said."""
    return float(header) if header.isdecimal() else 0.0


def _text(error: BaseException) -> str:
    return _REQUEST.sub("", str(error))[:_MOST_TEXT]
