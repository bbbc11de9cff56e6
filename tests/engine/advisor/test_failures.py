"""Each way the AI server can fail is a sentence, and another that tells what to do."""

from __future__ import annotations

import ssl
from itertools import pairwise
from typing import get_args

import pytest

from ai_server.wire import ErrorReply
from engine.advisor.failures import ADVICE, STILL, refused, unreached
from engine.advisor.pins import PinMismatch

URL = "https://ai.example.com"


def said(code: str, field: str = "", **headers: str):
    body = ErrorReply(code=code, message="It said so.", field=field).model_dump_json().encode()
    return refused(400, headers, body)


def test_every_code_of_the_wire_has_its_advice():
    assert set(ADVICE) == set(get_args(ErrorReply.model_fields["code"].annotation))


@pytest.mark.parametrize("code", sorted(ADVICE))
def test_each_tells_what_happened_and_what_to_do(code):
    failure = said(code, field="groups.0")
    assert failure.message == "The AI server refused the request: It said so (field groups.0)."
    assert failure.hint.endswith(STILL)
    assert len(failure.hint) > len(STILL) + 20
    assert "{" not in failure.hint


def test_how_long_to_wait_is_told_as_the_server_told_it():
    assert "in 7 seconds" in said("rate_limited", **{"retry-after": "7"}).hint
    assert "in 1 second." in said("busy", **{"retry-after": "1"}).hint
    assert "in a moment" in said("busy", **{"retry-after": "Wed, 21 Oct 2026"}).hint


def test_a_defect_of_the_server_can_be_found_in_its_log():
    assert "Request 0123456789abcdef." in said("internal", **{"x-request-id": "0123456789abcdef"}).message
    assert "Request" not in said("internal", **{"x-request-id": "<script>"}).message


def test_what_does_not_speak_the_wire_is_told_so():
    failure = refused(502, {}, b"<html>Bad gateway</html>")
    assert failure.message == "The AI server refused the request: HTTP 502."
    assert "Something else" in str(failure)


def chained(*errors: BaseException) -> BaseException:
    for outer, inner in pairwise(errors):
        outer.__cause__ = inner
    return errors[0]


def verification(message: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, message)
    error.verify_message = message
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (chained(OSError("a"), RuntimeError("b"), PinMismatch("sha256/x")), "presents the key sha256/x"),
        (chained(OSError("a"), verification("expired")), "does not verify: expired"),
        (chained(OSError("a"), ssl.SSLError(1, "wrong version")), "does not speak TLS 1.3 with us (SSLError)"),
        (OSError("whispered"), "could not be reached (OSError)"),
    ],
)
def test_the_innermost_cause_that_tells_something_is_told(error, words):
    failure = unreached(URL, error)
    assert words in failure.message
    assert URL in failure.message
    assert failure.hint.endswith(STILL)
    assert "whispered" not in str(failure)


def test_a_circle_of_causes_ends():
    one, two = OSError("a"), OSError("b")
    one.__cause__, two.__cause__ = two, one
    assert "could not be reached" in unreached(URL, one).message
