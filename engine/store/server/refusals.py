"""What goes wrong with a server, as the engine's errors: who did not answer, why, and what to do. Pure."""

from __future__ import annotations

import contextlib
import json
import math
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
from qdrant_client.common.client_exceptions import QdrantException, ResourceExhaustedResponse
from qdrant_client.http.exceptions import ApiException, ResponseHandlingException, UnexpectedResponse

from engine.errors import DiskFull, StoreError
from engine.settings import StoreSettings

# What a call may end with. The client asserts that an answer has a result, and leaves an answer that is no JSON to `json`.
FAILURES = (ApiException, QdrantException, httpx.HTTPError, json.JSONDecodeError, UnicodeDecodeError, AssertionError)
_DISK_FULL = "No space left on device"
_LONGEST_ANSWER = 300
_LOST = (httpx.NetworkError, httpx.RemoteProtocolError)
_BUSY = (429, 502, 503, 504)
_MOST_PATIENCE_S = 5.0


@dataclass(frozen=True, slots=True)
class Server:
    """The other end as sentences name it: without the key, or a password in its address."""

    url: str
    key_reference: str
    timeout_s: int
    key: str = ""

    @classmethod
    def of(cls, settings: StoreSettings, key: str) -> Server:
        plain = str(httpx.URL(settings.url).copy_with(userinfo=b"")).rstrip("/")
        return cls(plain, settings.api_key or "", math.ceil(settings.timeout_s), key)

    def __repr__(self) -> str:
        return f"Server({self.url!r})"


def passing(error: Exception) -> float | None:
    """How many seconds to let pass before the same again, 0 for our own choice; None where it would come to the same."""
    if isinstance(error, ResourceExhaustedResponse):
        return float(error.retry_after_s) if 0 <= error.retry_after_s <= _MOST_PATIENCE_S else None
    if isinstance(error, UnexpectedResponse):
        return 0.0 if error.status_code in _BUSY else None
    return 0.0 if isinstance(_source(error), _LOST) and _untrusted(error) is None else None


def told(error: Exception, server: Server, doing: str) -> StoreError:
    """The engine's error for a call's; `doing` says what was tried, as `counting cloud_estate`."""
    match error:
        case UnexpectedResponse():
            return _refused(error, server, doing)
        case QdrantException():
            return StoreError(f"Qdrant at {server.url} has more to do than it can while {doing}: {error}.", hint="Try again in a while.")
    source = _source(error)
    if isinstance(source, httpx.TimeoutException):
        hint = "Look at its load, or raise estate.store.timeout_s."
        return StoreError(f"Qdrant at {server.url} did not answer within {server.timeout_s} s while {doing}.", hint=hint)
    if distrust := _untrusted(error):
        hint = "Name the PEM bundle of who signed it as estate.store.ca_file."
        return StoreError(f"The certificate of {server.url} is not vouched for: {distrust}.", hint=hint)
    if isinstance(source, httpx.HTTPError):
        why = _first_line(source) or type(source).__name__
        return StoreError(
            f"Qdrant at {server.url} cannot be reached while {doing}: {why}.", hint="Is it running, and estate.store.url right?"
        )
    return StoreError(f"What answers at {server.url} does not speak as Qdrant does while {doing}.", hint="Is estate.store.url right?")


def _refused(error: UnexpectedResponse, server: Server, doing: str) -> StoreError:
    answer = _answer(error, server)
    match error.status_code:
        case 401 | 403:
            return _key_refused(error.status_code, server, doing, answer)
        case 404:
            return StoreError(f"Qdrant at {server.url} has nothing there while {doing}: {answer}.", hint="Start Escher again, then scan.")
        case 413:
            return StoreError(
                f"Qdrant at {server.url} takes no request as large as one while {doing}.", hint="Raise its service.max_request_size_mb."
            )
        case 507:
            return _disk_full(server)
    if _DISK_FULL in answer:
        return _disk_full(server)
    return StoreError(f"Qdrant at {server.url} answered {error.status_code} while {doing}: {answer}.", hint="Its log says more.")


def _key_refused(status: int, server: Server, doing: str, answer: str) -> StoreError:
    if not server.key_reference:
        return StoreError(
            f"Qdrant at {server.url} wants an API key ({status} while {doing}).",
            hint="Set estate.store.api_key to where it is, as env:NAME.",
        )
    hint = f"estate.store.api_key is {server.key_reference}: is it this server's, and may it write?"
    return StoreError(f"Qdrant at {server.url} refuses the API key ({status} while {doing}: {answer}).", hint=hint)


def _disk_full(server: Server) -> DiskFull:
    return DiskFull(f"The disk of Qdrant at {server.url} took nothing more.", hint="Free some space there and repeat.")


def _answer(error: UnexpectedResponse, server: Server) -> str:
    """What the server said, in one short line without the key."""
    text = error.content.decode(errors="replace")
    with contextlib.suppress(ValueError, KeyError, TypeError):
        text = str(json.loads(text)["status"]["error"])
    if server.key:
        text = text.replace(server.key, "…")
    return " ".join(text.split())[:_LONGEST_ANSWER].rstrip(".") or error.reason_phrase or "nothing"


def _source(error: BaseException) -> BaseException:
    return error.source if isinstance(error, ResponseHandlingException) else error


def _untrusted(error: BaseException) -> str | None:
    """Why a certificate was not accepted, when that is what went wrong."""
    for cause in _causes(_source(error)):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message
        if isinstance(cause, ssl.SSLError):
            return cause.reason or "the handshake failed"
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    following: BaseException | None = error
    while following is not None:
        yield following
        following = following.__cause__ or following.__context__


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else ""
