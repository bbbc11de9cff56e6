"""The shipped packs load whole and fast, and a broken or absent one is told and does not stop the others."""

from __future__ import annotations

import hashlib
import json
import shutil
import time

import pytest

from ai_server.knowledge.commands.loading import PACKS, CommandsMissing, load_commands, load_manifest, load_what_is_there
from ai_server.knowledge.playbook import CLOUDS

ALL = load_commands()


@pytest.fixture
def packs(tmp_path):
    shutil.copytree(PACKS, tmp_path / "packs")
    return tmp_path / "packs"


def test_the_shipped_packs_hold_what_the_manifest_says():
    manifest = load_manifest()["packs"]
    for cloud in CLOUDS:
        found = load_commands(cloud)
        assert len(found) == manifest[cloud]["operations"]
        assert sum(len(one.fields) for one in found) == manifest[cloud]["fields"]
        assert manifest[cloud]["licences"]
        assert manifest[cloud]["versions"]
    assert sum(entry["bytes"] for entry in manifest.values()) < 8_000_000


def test_operations_are_told_apart():
    assert len({(one.cloud, one.operation) for one in ALL}) == len(ALL)


def test_loading_is_quick():
    started = time.process_time()
    load_commands()
    assert time.process_time() - started < 1.5


@pytest.mark.parametrize(
    ("cloud", "operation", "command", "permission", "access", "required"),
    [
        ("aws", "ec2:StopInstances", "aws ec2 stop-instances", "ec2:StopInstances", "write", ["--instance-ids"]),
        ("aws", "rds:StopDBInstance", "aws rds stop-db-instance", "rds:StopDBInstance", "write", ["--db-instance-identifier"]),
        ("aws", "s3:PutPublicAccessBlock", "aws s3api put-public-access-block", "s3:PutBucketPublicAccessBlock", "permissions", None),
        ("aws", "config:PutConfigRule", "aws configservice put-config-rule", "config:PutConfigRule", "write", ["--config-rule"]),
        ("aws", "codedeploy:CreateDeployment", "aws deploy create-deployment", "codedeploy:CreateDeployment", "write", None),
        ("aws", "elbv2:DeleteLoadBalancer", "aws elbv2 delete-load-balancer", "elasticloadbalancing:DeleteLoadBalancer", "write", None),
        ("aws", "iam:ListUsers", "aws iam list-users", "iam:ListUsers", "list", []),
        ("aws", "sts:AssumeRole", "aws sts assume-role", "sts:AssumeRole", "write", None),
        ("azure", "az vm deallocate", "az vm deallocate", "Microsoft.Compute/virtualMachines/deallocate/action", "write", None),
        ("azure", "az vm show", "az vm show", "Microsoft.Compute/virtualMachines/read", "read", None),
        ("azure", "az group delete", "az group delete", "Microsoft.Resources/subscriptions/resourceGroups/delete", "write", ["--name"]),
        ("gcp", "compute.instances.stop", "gcloud compute instances stop", "compute.instances.stop", "write", None),
        ("gcp", "compute.instances.insert", "gcloud compute instances create", "compute.instances.create", "write", None),
        ("gcp", "sql.instances.patch", "gcloud sql instances patch", "cloudsql.instances.update", "write", None),
        (
            "gcp",
            "storage.buckets.setIamPolicy",
            "gcloud storage buckets set-iam-policy",
            "storage.buckets.setIamPolicy",
            "permissions",
            None,
        ),
        ("gcp", "compute.instances.list", "gcloud compute instances list", "compute.instances.list", "list", []),
    ],
)
def test_what_people_use_is_right_to_the_letter(cloud, operation, command, permission, access, required):
    (found,) = [one for one in ALL if one.cloud == cloud and one.operation == operation]
    assert found.command == command
    assert permission in found.permissions
    assert found.access == access
    assert found.summary
    if required is not None:
        assert [one.option for one in found.fields if one.required and one.side != "api"] == required


def test_examples_are_no_one_elses_summary():
    """They are marked as examples, so that a search that is scored can leave out those of the operation asked for."""
    with_examples = [one for one in ALL if one.examples]
    assert with_examples
    assert all(one.cloud != "gcp" for one in with_examples)


@pytest.mark.parametrize("gone", CLOUDS)
def test_the_others_load_without_a_pack(packs, gone):
    (packs / f"{gone}.pack").unlink()
    found, problems = load_what_is_there(packs)
    assert {one.cloud for one in found} == set(CLOUDS) - {gone}
    assert len(problems) == 1
    assert f"{gone}.pack: No such file" in problems[0]
    assert "make knowledge" in problems[0]


def test_a_changed_byte_is_seen(packs):
    data = bytearray((packs / "gcp.pack").read_bytes())
    data[-1] ^= 1
    (packs / "gcp.pack").write_bytes(data)
    with pytest.raises(CommandsMissing, match="SHA-256"):
        load_commands("gcp", packs)


def test_a_pack_that_is_none_is_told_though_its_sum_agrees(packs):
    (packs / "gcp.pack").write_bytes(b"nothing")
    manifest = json.loads((packs / "manifest.json").read_text())
    manifest["packs"]["gcp"]["sha256"] = hashlib.sha256(b"nothing").hexdigest()
    (packs / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(CommandsMissing, match="does not begin with"):
        load_commands("gcp", packs)


@pytest.mark.parametrize(
    ("content", "said"), [(None, "No such file"), ("{", "is not JSON"), ("[]", "names no packs"), ('{"packs": {}}', "no pack for aws")]
)
def test_a_bad_manifest_is_told_once(packs, content, said):
    manifest = packs / "manifest.json"
    manifest.unlink()
    if content is not None:
        manifest.write_text(content)
    found, problems = load_what_is_there(packs)
    assert found == ()
    assert said in problems[0]
    assert len(problems) == (3 if said == "no pack for aws" else 1)
