"""Every refusal: its status, its stable code, when to come back, and nothing else."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from ai_server import refusing
from ai_server.wire import ErrorReply


@pytest.mark.parametrize(
    ("response", "status", "code", "field"),
    [
        (refusing.unauthorized(), 401, "unauthorized", ""),
        (refusing.busy(), 503, "busy", ""),
        (refusing.rate_limited(2.3), 429, "rate_limited", ""),
        (refusing.too_large(10), 413, "too_large", "body"),
        (refusing.body_late(1.5), 408, "timeout", "body"),
        (refusing.took_too_long(30), 504, "timeout", ""),
    ],
)
def test_each_has_its_status_and_code(response, status, code, field):
    error = ErrorReply.model_validate_json(response.body)
    assert (response.status_code, error.code, error.field) == (status, code, field)
    assert response.headers[refusing.OUTCOME] == code


@pytest.mark.parametrize(("wait", "header"), [(0.01, "1"), (1.0, "1"), (2.3, "3"), (0.0, None)])
def test_when_to_come_back_is_in_whole_seconds(wait, header):
    assert refusing.rate_limited(wait).headers.get("retry-after") == header


def test_who_is_not_known_is_told_how_to_be():
    assert refusing.unauthorized().headers["www-authenticate"] == "Bearer"


def test_codes_are_those_of_the_wire():
    assert set(get_args(refusing.Code)) == set(get_args(ErrorReply.model_fields["code"].annotation))


def test_a_long_field_is_cut():
    assert len(json.loads(refusing.error_response(422, "invalid_request", "m", where="x" * 5000).body)["field"]) == 200
