"""What AWS answered, as the engine's errors. Pure tables; the SDK's exceptions are looked up when one arrives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from engine.errors import CloudError, Denied, NotFound, Rejected, Throttled, Unreachable
from engine.estate.resource import GapReason

DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AllAccessDisabled",
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "MissingAuthenticationToken",
        "NotAuthorized",
        "OptInRequired",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnauthorizedAccess",
        "UnauthorizedOperation",
        "UnrecognizedClientException",
    }
)
THROTTLED = frozenset(
    {
        "EC2ThrottledException",
        "PriorRequestNotComplete",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
    }
)
GONE = frozenset(
    {
        "AWS.SimpleQueueService.NonExistentQueue",
        "BackupNotFoundException",
        "ClusterNotFound",
        "ClusterNotFoundException",
        "ClusterSnapshotNotFound",
        "DBInstanceNotFound",
        "DBInstanceNotFoundFault",
        "DBSnapshotNotFound",
        "DBSnapshotNotFoundFault",
        "LoadBalancerNotFound",
        "NoSuchBucket",
        "NotFoundException",
        "QueueDoesNotExist",
        "ResourceNotFoundException",
        "ServiceNotFoundException",
        "TableNotFoundException",
        "TargetGroupNotFound",
    }
)
# Raised by the SDK before anything was sent, for want of credentials.
_KEYLESS = frozenset(
    {
        "CredentialRetrievalError",
        "NoCredentialsError",
        "PartialCredentialsError",
        "SSOTokenLoadError",
        "TokenRetrievalError",
        "UnauthorizedSSOTokenError",
    }
)
_UNSENT = frozenset({"ParamValidationError", "UnknownParameterError", "InvalidRegionError", "NoRegionError"})
_TIMEOUTS = frozenset({"ConnectTimeoutError", "ReadTimeoutError", "TimeoutError"})
_UNREADABLE = "ResponseParserError"
_LONGEST = 400


@contextmanager
def understood(tried: str) -> Iterator[None]:
    """Turns what the SDK raises within into CloudError. `tried` is the operation as AWS names it."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    try:
        yield
    except ClientError as error:
        raise from_answer(error.response, tried) from error
    except (BotoCoreError, ResponseParserError, TimeoutError) as error:
        raise from_silence(type(error).__name__, str(error), tried) from error
    except (KeyError, ValueError) as error:
        raise from_silence(_UNREADABLE, str(error), tried) from error


def from_answer(response: Mapping[str, Any], tried: str) -> CloudError:
    """The error for an answer of AWS that is not a success."""
    code = str(response.get("Error", {}).get("Code", ""))
    said = str(response.get("Error", {}).get("Message", ""))[:_LONGEST]
    meta = response.get("ResponseMetadata", {})
    status = int(meta.get("HTTPStatusCode", 0))
    sentence = f"AWS answered {tried} with {code}: {said}"
    if code in THROTTLED or status == 429:
        return Throttled(sentence, retry_after=_seconds(meta), tried=tried, code=code, answer=said)
    if code in DENIED or status in {401, 403}:
        return Denied(sentence, tried=tried, code=code, answer=said, hint=f"The credentials need {tried}.")
    if code in GONE or code.endswith(".NotFound") or status == 404:
        return NotFound(sentence, tried=tried, code=code, answer=said)
    if status >= 500:
        return Unreachable(sentence, tried=tried, code=code, answer=said)
    return Rejected(sentence, tried=tried, code=code, answer=said)


def from_silence(kind: str, said: str, tried: str) -> CloudError:
    """The error for no answer, named by the SDK's exception."""
    said = said[:_LONGEST]
    if kind in _KEYLESS:
        return Denied(f"There are no usable credentials for {tried}: {said}.", tried=tried, code=kind, answer=said)
    if kind in _UNSENT:
        return Rejected(f"{tried} was not sent: {said}.", tried=tried, code=kind, answer=said)
    # The parser's own words fill a card and help nobody; they stay in `answer`.
    why = "it is in no form that AWS sends" if kind == "ResponseParserError" else said or kind
    return Unreachable(f"AWS gave no usable answer to {tried}: {why}.", tried=tried, code=kind, answer=said)


def gap_reason(error: CloudError) -> GapReason:
    """Why a part of the estate stayed unseen."""
    if isinstance(error, Denied):
        return GapReason.DENIED
    if isinstance(error, Throttled):
        return GapReason.THROTTLED
    if isinstance(error, Unreachable) and error.code != _UNREADABLE:
        return GapReason.TIMED_OUT if error.code in _TIMEOUTS else GapReason.UNREACHABLE
    return GapReason.BROKEN


def _seconds(meta: Mapping[str, Any]) -> float:
    """The Retry-After header in seconds; a date or nonsense counts as not said."""
    said = str(meta.get("HTTPHeaders", {}).get("retry-after", ""))
    return float(said) if said.isdecimal() else 0.0
