"""What Azure's refusals and silences mean in the engine's errors and gaps. Pure; the SDK's exceptions are looked up when one is at hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.clouds.parts import BROKEN, TIMED_OUT
from engine.errors import CloudError, Denied, NotFound, Rejected, Throttled, Unreachable

if TYPE_CHECKING:
    from azure.core.exceptions import AzureError, HttpResponseError

_SERVER_ERROR = 500
_MOST_TEXT = 400


@contextmanager
def understood(tried: str) -> Iterator[None]:
    """Inside, what the SDK raises comes out as a CloudError that says what was tried."""
    from azure.core.exceptions import AzureError

    try:
        yield
    except AzureError as error:
        raise meaning(error, tried) from error
    except TimeoutError as error:
        raise Unreachable(f"Azure did not answer {tried} in time.", tried=tried, code=TIMED_OUT) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise broken(error, tried) from error


def meaning(error: AzureError, tried: str) -> CloudError:
    """The engine's error for the SDK's."""
    from azure.core.exceptions import DecodeError, HttpResponseError, ServiceRequestTimeoutError, ServiceResponseTimeoutError

    if isinstance(error, DecodeError):
        return broken(error, tried)
    if isinstance(error, ServiceRequestTimeoutError | ServiceResponseTimeoutError) or isinstance(error.inner_exception, TimeoutError):
        return Unreachable(f"Azure did not answer {tried} in time.", tried=tried, code=TIMED_OUT, answer=_text(error))
    status = error.status_code if isinstance(error, HttpResponseError) else None
    if status is None:
        return Unreachable(f"Azure could not be reached for {tried}.", tried=tried, code=type(error).__name__, answer=_text(error))
    assert isinstance(error, HttpResponseError)
    return _refusal(error, status, tried)


def _refusal(error: HttpResponseError, status: int, tried: str) -> CloudError:
    code, said = _code(error), _text(error)
    if status in (401, 403):
        return Denied(f"Azure denied {tried}.", tried=tried, code=code, answer=said, hint="The credentials lack this permission.")
    if status == 404:
        return NotFound(f"Azure knows no such resource for {tried}.", tried=tried, code=code, answer=said)
    if status == 429:
        return Throttled(f"Azure throttled {tried}.", retry_after=_retry_after(error), tried=tried, code=code, answer=said)
    if status >= _SERVER_ERROR or status == 408:
        return Unreachable(f"Azure failed at {tried} ({status}).", tried=tried, code=code, answer=said)
    if status < 300:
        return broken(error, tried)
    return Rejected(f"Azure refused {tried}: {said.rstrip('.') or status}.", tried=tried, code=code, answer=said)


def broken(error: Exception, tried: str) -> CloudError:
    """An answer that is not what the API promises: nobody knows what happened."""
    return Unreachable(
        f"Azure's answer to {tried} makes no sense.", tried=tried, code=BROKEN, answer=f"{type(error).__name__}: {_text(error)}"
    )


def _code(error: HttpResponseError) -> str:
    said = getattr(error, "error", None)
    return str(getattr(said, "code", "") or error.status_code or "")


def _text(error: BaseException) -> str:
    said = getattr(getattr(error, "error", None), "message", None) or getattr(error, "message", None) or str(error)
    return str(said)[:_MOST_TEXT]


def _retry_after(error: HttpResponseError) -> float:
    headers = getattr(error.response, "headers", None) or {}
    try:
        return float(headers.get("Retry-After", 0))
    except ValueError:
        return 0.0
