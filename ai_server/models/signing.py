"""AWS Signature Version 4, as much of it as Bedrock's HTTP API wants: no SDK. Pure but for `Signing`, which asks what time it is.

Source: AWS General Reference, "Create a signed AWS API request"; the test holds it to the vectors that AWS published.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote

import httpx

_ALGORITHM = "AWS4-HMAC-SHA256"
_UNRESERVED = "-_.~"
# An access key id, its secret and, for temporary ones, the session's token. A Bedrock API key has no such shape.
_KEYS = re.compile(r"(A[KS]IA[A-Z0-9]{12,124}):([A-Za-z0-9/+=]{30,128})(?::([A-Za-z0-9/+=]{16,4096}))?")
_HOST = re.compile(r"bedrock-runtime(?:-fips)?\.([a-z]{2}(?:-[a-z]+)+-\d)\.(?:amazonaws\.com(?:\.cn)?|api\.aws|vpce\.amazonaws\.com)")


@dataclass(frozen=True, slots=True)
class Keys:
    """AWS credentials; `token` for temporary ones."""

    id: str
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a signature is good for, on one day."""

    region: str
    service: str = "bedrock"


@dataclass(frozen=True, slots=True)
class Message:
    """One request: `path` as it goes over the wire, `query` without the question mark, header names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


def keys_of(text: str) -> Keys | None:
    """`ID:SECRET` or `ID:SECRET:TOKEN`; None for anything else, such as an API key."""
    found = _KEYS.fullmatch(text)
    return Keys(found[1], found[2], found[3] or "") if found else None


def region_of(host: str) -> str:
    """The region of a Bedrock endpoint, '' where its name tells none."""
    found = _HOST.search(host)
    return found[1] if found else ""


def authorization(message: Message, keys: Keys, scope: Scope, at: str) -> str:
    """The Authorization header. `at` is the time as the request's `x-amz-date` says it: `20150830T123600Z`."""
    names = ";".join(sorted(message.headers))
    day = f"{at[:8]}/{scope.region}/{scope.service}/aws4_request"
    to_sign = "\n".join((_ALGORITHM, at, day, hashlib.sha256(_canonical(message, names).encode()).hexdigest()))
    key = f"AWS4{keys.secret}".encode()
    for part in day.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return f"{_ALGORITHM} Credential={keys.id}/{day}, SignedHeaders={names}, Signature={signature}"


def _canonical(message: Message, names: str) -> str:
    pairs = sorted(
        (quote(name, safe=_UNRESERVED), quote(value, safe=_UNRESERVED)) for name, value in parse_qsl(message.query, keep_blank_values=True)
    )
    # What is escaped on the wire is escaped once more here: every service but S3 wants it so.
    path = quote(message.path or "/", safe=f"/{_UNRESERVED}")
    headers = "".join(f"{name}:{' '.join(message.headers[name].split())}\n" for name in sorted(message.headers))
    query = "&".join(f"{name}={value}" for name, value in pairs)
    return "\n".join((message.method, path, query, headers, names, hashlib.sha256(message.body).hexdigest()))


class Signing(httpx.Auth):
    """Signs each request when it is sent."""

    requires_request_body = True

    def __init__(self, keys: Keys, scope: Scope, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._keys, self._scope, self._now = keys, scope, now

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        at = f"{self._now():%Y%m%dT%H%M%SZ}"
        signed = {
            "host": request.headers["host"],
            "x-amz-date": at,
            **({"x-amz-security-token": self._keys.token} if self._keys.token else {}),
        }
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        said = authorization(Message(request.method, path, query, signed, request.content), self._keys, self._scope, at)
        request.headers.update({**signed, "authorization": said})
        yield request
