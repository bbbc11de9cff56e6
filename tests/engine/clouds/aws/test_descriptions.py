"""Descriptions without prose say of every service we speak to what the SDK's own say."""

from __future__ import annotations

import pytest
from botocore.loaders import JSONFileLoader, Loader

from engine.clouds.aws.catalogue import SCANNERS
from engine.clouds.aws.descriptions import Files, descriptions, without_prose

SERVICES = sorted({scanner.kind.sdk for scanner in SCANNERS} | {"sts", "iam", "cloudwatch", "elb"})


def stripped(told):
    if isinstance(told, dict):
        return {key: "" if key == "documentation" and isinstance(value, str) else stripped(value) for key, value in told.items()}
    return [stripped(one) for one in told] if isinstance(told, list) else told


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("kind", ["service-2", "paginators-1", "endpoint-rule-set-1"])
def test_all_but_the_prose_is_there(service, kind):
    theirs = Loader(file_loader=JSONFileLoader()).load_service_model(service, kind)
    ours = Loader(file_loader=Files()).load_service_model(service, kind)
    assert ours == stripped(theirs)
    assert "documentation" in theirs or kind != "service-2"
    assert list(ours) == list(theirs), "the order stays"


def test_a_member_that_is_called_so_stays():
    assert without_prose([("documentation", {"shape": "String"}), ("type", "x")]) == {"documentation": {"shape": "String"}, "type": "x"}
    assert without_prose([("documentation", "<p>long</p>")]) == {"documentation": ""}


def test_plain_files_are_read_too_and_missing_ones_are_none(tmp_path):
    (tmp_path / "one.json").write_text('{"a": 1, "documentation": "x"}')
    assert Files().exists(str(tmp_path / "one"))
    assert Files().load_file(str(tmp_path / "one")) == {"a": 1, "documentation": ""}
    assert not Files().exists(str(tmp_path / "two"))
    assert Files().load_file(str(tmp_path / "two")) is None


def test_they_are_read_once_a_process():
    assert descriptions() is descriptions()
