"""What Google's refusals, partial lists and operations mean, by themselves and beside what Google's own libraries make of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import requests

from engine.clouds.gcp.answers import Partial, Refusal, meaning, understood, whole
from engine.clouds.gcp.following import refused, verdict
from engine.clouds.parts import gap_reason
from engine.errors import Denied, NotFound, Rejected, Throttled, Unreachable
from engine.estate.resource import GapReason

RECORDED = Path(__file__).parents[4] / ".." / "shared" / "recorded" / "gcp"


def old(status, reason, message="no"):
    return Refusal(status, {"error": {"code": status, "message": message, "errors": [{"reason": reason, "message": message}]}})


def test_too_often_is_told_from_a_missing_permission():
    """Compute answers 403 for both."""
    assert type(meaning(old(403, "rateLimitExceeded"), "x")) is Throttled
    assert type(meaning(old(403, "forbidden"), "x")) is Denied


@pytest.mark.parametrize(("header", "seconds"), [("11", 11.0), ("", 0.0), ("Fri, 31 Dec 2027 23:59:59 GMT", 0.0)])
def test_how_long_to_wait(header, seconds):
    assert meaning(Refusal(429, {}, header), "x").retry_after == seconds


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, Rejected), (404, NotFound), (408, Unreachable), (409, Rejected), (302, Rejected), (500, Unreachable), (0, Unreachable)],
)
def test_each_status_has_its_meaning(status, error):
    assert type(meaning(Refusal(status, "<html>a proxy</html>"), "x")) is error


def test_a_proxys_page_is_told_as_the_text_it_is():
    refusal = meaning(Refusal(400, "<html>a proxy</html>"), "compute.instances.list")
    assert (refusal.code, refusal.answer, refusal.tried) == ("400", "<html>a proxy</html>", "compute.instances.list")


@pytest.mark.parametrize(
    "answer",
    [
        {"unreachable": ["projects/_/locations/us-east1"]},
        {"unreachables": ["zones/us-east1-b"]},
        {"missingZones": ["us-east1-b"]},
        {"warning": {"code": "UNREACHABLE", "message": "zone us-east1-b is away"}},
        {"warnings": [{"code": "REGION_UNREACHABLE", "region": "us-east1", "message": "away"}]},
    ],
    ids=lambda answer: next(iter(answer)),
)
def test_a_list_that_lacks_a_place_is_a_gap_and_never_empty(answer):
    with pytest.raises(Unreachable, match=r"could not tell all of x: .*us-east1") as told, understood("x"):
        whole(answer)
    assert gap_reason(told.value) is GapReason.UNREACHABLE


def test_an_empty_place_is_no_gap():
    whole({"items": [], "warning": {"code": "NO_RESULTS_ON_PAGE", "message": "There are no results"}, "warnings": []})


def test_a_scope_that_lacks_is_named():
    with pytest.raises(Partial, match=r"zones/us-east1-b: PARTIAL_SUCCESS"):
        whole({"warning": {"code": "PARTIAL_SUCCESS"}}, "zones/us-east1-b")


FULL = {"code": "ZONE_RESOURCE_POOL_EXHAUSTED", "message": "The zone does not have enough resources available."}
FAILED = {"name": "o", "status": "DONE", "error": {"errors": [FULL]}, "httpErrorStatusCode": 503, "httpErrorMessage": "SERVICE UNAVAILABLE"}


def test_an_operation_that_failed_says_why():
    assert verdict(FAILED) == "ZONE_RESOURCE_POOL_EXHAUSTED: The zone does not have enough resources available."
    assert (
        verdict({"status": "DONE", "error": {"code": 9, "message": "the cluster is being upgraded"}}) == "9: the cluster is being upgraded"
    )
    assert verdict({"status": "DONE", "error": {"errors": [{}]}}) == "ERROR"


@pytest.mark.parametrize("operation", [{"status": "DONE"}, {"status": "RUNNING"}, {"status": "PENDING", "error": {"errors": [FULL]}}])
def test_an_operation_that_is_under_way_or_done_says_nothing(operation):
    assert verdict(operation) == ""
    assert refused(operation) is None


def test_an_operation_that_failed_at_once_is_the_refusal_that_it_would_have_been():
    refusal = refused(FAILED)
    assert type(meaning(refusal, "x")) is Unreachable
    assert type(meaning(refused({**FAILED, "httpErrorStatusCode": 403}), "x")) is Denied
    assert type(meaning(refused({"status": "DONE", "error": {"errors": [FULL]}}), "x")) is Rejected
    assert meaning(refusal, "x").code == "ZONE_RESOURCE_POOL_EXHAUSTED"


# --- beside Google's own libraries


def recorded_refusals():
    for file in sorted(RECORDED.rglob("*.json")):
        heard = json.loads(file.read_text())
        body = heard.get("body") if isinstance(heard, dict) else None
        if isinstance(body, dict) and isinstance(body.get("error"), dict) and isinstance(body["error"].get("code"), int):
            yield body


@pytest.mark.peer
@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recordings are not here")
def test_recorded_refusals_say_what_googles_own_library_hears():
    exceptions = pytest.importorskip("google.api_core.exceptions")
    seen = 0
    for body in recorded_refusals():
        response = requests.Response()
        response.status_code, response._content = body["error"]["code"], json.dumps(body).encode()
        response.request = requests.Request("GET", "https://compute.googleapis.com/x").prepare()
        theirs = exceptions.from_http_response(response)
        ours = meaning(Refusal(response.status_code, body), "x")
        assert theirs.message.endswith(f": {body['error']['message']}")
        assert ours.answer == body["error"]["message"][:400]
        reasons = [one["reason"] for one in (*theirs.errors, *theirs.details) if isinstance(one, dict) and one.get("reason")]
        assert ours.code == next(iter(reasons), str(int(theirs.code)))
        seen += 1
    assert seen > 10


@pytest.mark.peer
@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recordings are not here")
def test_recorded_operations_of_changes_that_worked_say_nothing():
    operations = []
    for file in sorted(RECORDED.rglob("*.json")):
        heard = json.loads(file.read_text())
        body = heard.get("body") if isinstance(heard, dict) else None
        if isinstance(body, dict) and str(body.get("kind", "")).endswith("#operation"):
            operations.append(body)
    assert len(operations) > 20
    assert {verdict(operation) for operation in operations} == {""}


@pytest.mark.peer
def test_googles_own_library_reads_a_failed_operation_as_we_do():
    compute_v1 = pytest.importorskip("google.cloud.compute_v1")
    from google.api_core.extended_operation import ExtendedOperation

    read = compute_v1.Operation.from_json(json.dumps(FAILED))

    class Their(ExtendedOperation):
        error_code = property(lambda self: self._extended_operation.http_error_status_code)
        error_message = property(lambda self: self._extended_operation.http_error_message)

    future = Their.make(lambda *_args, **_kwargs: read, lambda: None, read)
    heard = future.exception()
    ours = meaning(refused(FAILED), "x")
    assert (heard.code, type(ours)) == (503, Unreachable)
    assert future.done()
