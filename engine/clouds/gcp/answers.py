"""What Google Cloud's refusals and silences mean in the engine's errors and gaps. Pure; the SDK's exceptions are looked up when one is at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from engine.clouds.parts import BROKEN, TIMED_OUT
from engine.errors import CloudError, Denied, NotFound, Rejected, Throttled, Unreachable

if TYPE_CHECKING:
    from google.api_core.exceptions import GoogleAPICallError

# Compute says "too often" with 403 as well as with 429; only the reason tells it from a missing permission.
TOO_OFTEN = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "concurrentLimitExceeded", "quotaExceeded"})
# The SDK puts the call before what Google said; people know what they tried.
_CALL = re.compile(r"^[A-Z]+ https?://\S+: ")
_SERVER_ERROR = 500
_MOST_TEXT = 400


@contextmanager
def understood(tried: str) -> Iterator[None]:
    """Inside, what the SDK and its transport raise comes out as a CloudError that says what was tried."""
    from google.api_core.exceptions import GoogleAPICallError, RetryError
    from google.auth.exceptions import GoogleAuthError, TransportError
    from google.protobuf.json_format import Error as ProtobufError
    from requests.exceptions import JSONDecodeError, RequestException, Timeout

    try:
        yield
    except GoogleAPICallError as error:
        raise refusal(error, tried) from error
    except (Timeout, TimeoutError, RetryError) as error:
        raise Unreachable(f"Google did not answer {tried} in time.", tried=tried, code=TIMED_OUT, answer=_text(error)) from error
    except (JSONDecodeError, ProtobufError) as error:
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


def refusal(error: GoogleAPICallError, tried: str) -> CloudError:
    """The engine's error for a status that Google answered."""
    status, reason, said = int(error.code or 0), _reason(error), _CALL.sub("", str(error.message))[:_MOST_TEXT]
    if status == 429 or (status == 403 and reason in TOO_OFTEN):
        return Throttled(f"Google throttled {tried}.", retry_after=_retry_after(error), tried=tried, code=reason, answer=said)
    if status in (401, 403):
        return Denied(f"Google denied {tried}.", tried=tried, code=reason, answer=said, hint="The credentials lack this permission.")
    if status == 404:
        return NotFound(f"Google knows no such resource for {tried}.", tried=tried, code=reason, answer=said)
    if status >= _SERVER_ERROR or status in (0, 408):
        return Unreachable(f"Google failed at {tried} ({status}).", tried=tried, code=reason, answer=said)
    return Rejected(f"Google refused {tried}: {said.rstrip('.')}.", tried=tried, code=reason, answer=said)


def broken(error: Exception, tried: str) -> CloudError:
    """An answer that is not what the API promises: nobody knows what happened."""
    answer = f"{type(error).__name__}: {_text(error)}"
    return Unreachable(f"Google's answer to {tried} makes no sense.", tried=tried, code=BROKEN, answer=answer)


def _reason(error: GoogleAPICallError) -> str:
    """Google's own word: from the old list of errors, or the newer `details`."""
    told: list[Any] = [*(error.errors or ()), *(error.details or ())]
    found = next((item["reason"] for item in told if isinstance(item, dict) and item.get("reason")), "")
    return str(found or error.reason or error.code or "")


def _retry_after(error: GoogleAPICallError) -> float:
    headers = getattr(error.response, "headers", None) or {}
    try:
        return float(headers.get("Retry-After", 0))
    except ValueError:
        return 0.0


def _text(error: BaseException) -> str:
    return str(error)[:_MOST_TEXT]
