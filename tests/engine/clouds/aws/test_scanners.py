"""The mappings of the scanners where the demo's estate does not go: what is gone, what was not told, what others keep, other shapes of names."""

from __future__ import annotations

import pytest

from engine.clouds.aws.arn import parse
from engine.clouds.aws.asking import _at
from engine.clouds.aws.catalogue import scanner_of
from engine.clouds.aws.scanner import Ask, Place
from engine.clouds.aws.scanners import (
    addresses,
    container_services,
    event_rules,
    functions,
    instances,
    keys,
    load_balancers,
    log_groups,
    node_pools,
    queues,
    scaling_groups,
    table_backups,
    tables,
    warehouse_snapshots,
)
from engine.clouds.aws.sweep import gathered, with_told
from tests.engine.execution.samples import vm

HERE = Place("111122223333", "acme", "us-east-1")
OF = "us-east-1:111122223333"
SERVICE = {
    "serviceName": "web",
    "serviceArn": f"arn:aws:ecs:{OF}:service/web",
    "clusterArn": f"arn:aws:ecs:{OF}:cluster/shop",
    "status": "ACTIVE",
    "desiredCount": 2,
}
KEY = {"KeyId": "k-1", "KeyManager": "CUSTOMER", "KeyState": "PendingDeletion", "KeySpec": "SYMMETRIC_DEFAULT"}
GROUP = {
    "AutoScalingGroupName": "web",
    "AutoScalingGroupARN": f"arn:aws:autoscaling:{OF}:autoScalingGroup:u-1:autoScalingGroupName/web",
    "DesiredCapacity": 2, "MinSize": 1, "MaxSize": 3,
}  # fmt: skip
BACKUP = {"BackupArn": f"arn:aws:dynamodb:{OF}:table/orders/backup/01-a", "BackupName": "nightly", "BackupStatus": "DELETED"}
RULE = {"Name": "nightly", "Arn": f"arn:aws:events:{OF}:rule/jobs/nightly", "EventBusName": "jobs"}


@pytest.mark.parametrize(
    ("scanner", "raw"),
    [
        (addresses, {"PublicIp": "203.0.113.7"}),
        (container_services, {**SERVICE, "status": "INACTIVE"}),
        (container_services, {"clusterArn": "shop", "serviceArn": "web"}),
        (event_rules, RULE),
        (keys, {**KEY, "KeyManager": "AWS"}),
        (keys, {**KEY, "Aliases": [{"AliasName": "alias/aws/ebs"}]}),
        (keys, {"KeyId": "k-1"}),
        (node_pools, {"clusterName": "shop", "nodegroupName": "workers"}),
        (queues, {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/111122223333/mail"}),
        (scaling_groups, {**GROUP, "Status": "Delete in progress"}),
        (table_backups, BACKUP),
        (tables, {"TableName": "orders"}),
    ],
)
def test_what_is_gone_not_told_or_not_ours_is_no_resource(scanner, raw):
    assert scanner.to_resource(raw, HERE) is None


@pytest.mark.parametrize(
    ("scanner", "raw", "state"),
    [
        (keys, KEY, "pending-deletion"),
        (keys, {**KEY, "KeyState": "PendingReplicaDeletion"}, "pending-replica-deletion"),
        (event_rules, {**RULE, "State": "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"}, "enabled"),
        (event_rules, {**RULE, "State": "DISABLED"}, "disabled"),
        (event_rules, {**RULE, "State": "ODD"}, "odd"),
        (table_backups, {**BACKUP, "BackupStatus": "CREATING"}, "creating"),
        (functions, {"FunctionName": "resize", "ReservedConcurrentExecutions": 0}, "disabled"),
        (functions, {"FunctionName": "resize", "ReservedConcurrentExecutions": 5}, "active"),
        (functions, {"FunctionName": "resize"}, "active"),
    ],
)
def test_states_are_words_of_ours(scanner, raw, state):
    found = scanner.to_resource(raw, HERE)
    assert found is not None
    assert found.state == state


def test_what_was_not_told_is_left_out_and_never_guessed():
    table = tables.to_resource({"TableName": "orders", "TableStatus": "ACTIVE"}, HERE)
    key = keys.to_resource(KEY, HERE)
    service = container_services.to_resource(SERVICE, HERE)
    balancer = load_balancers.to_resource(
        {
            "LoadBalancerArn": f"arn:aws:elasticloadbalancing:{OF}:loadbalancer/net/web/1",
            "LoadBalancerName": "web",
            "State": {"Code": "active_impaired"},
        },
        HERE,
    )
    assert None not in (table, key, service, balancer)
    assert "backups" not in table.properties
    assert "rotation" not in key.properties
    assert "rollout" not in service.properties
    assert "deletion_protection" not in balancer.properties
    assert balancer.state == "active-impaired"


def test_a_service_named_before_2018_has_its_cluster_in_its_id():
    found = container_services.to_resource(SERVICE, HERE)
    assert found is not None
    assert found.id == f"arn:aws:ecs:{OF}:service/shop/web"
    assert container_services.SCANNER.own_id(SERVICE) == "shop/web"


def test_what_is_listed_leads_back_to_what_is_read():
    for scanner, raw, given in [
        (container_services, SERVICE, {"clusterArn": "shop", "serviceArn": "web"}),
        (node_pools, {"clusterName": "shop", "nodegroupName": "workers"}, {"clusterName": "shop", "nodegroupName": "workers"}),
        (tables, {"TableName": "orders"}, {"TableName": "orders"}),
        (keys, KEY, {"KeyId": "k-1"}),
    ]:
        own = scanner.SCANNER.own_id(raw)
        assert scanner.SCANNER.given(own) == given
    asked = {
        addresses: ("eipalloc-1", {"AllocationIds": ["eipalloc-1"]}),
        event_rules: ("jobs/nightly", {"Name": "nightly", "EventBusName": "jobs"}),
        load_balancers: ("app/web/1", {"Names": ["web"]}),
        log_groups: ("/aws/lambda/x", {"logGroupNamePrefix": "/aws/lambda/x"}),
        scaling_groups: ("u-1:autoScalingGroupName/web/blue", {"AutoScalingGroupNames": ["web/blue"]}),
        table_backups: ("orders/backup/01-a", {"TableName": "orders", "BackupType": "USER"}),
        warehouse_snapshots: ("numbers/weekly", {"SnapshotIdentifier": "weekly"}),
    }
    for scanner, (own, arguments) in asked.items():
        assert scanner.SCANNER.one(own).arguments == arguments
    assert event_rules.SCANNER.one("nightly").arguments == {"Name": "nightly", "EventBusName": "default"}
    backup = parse(BACKUP["BackupArn"])
    assert (backup.kind, backup.own_id) == ("backup", "orders/backup/01-a")
    assert scanner_of(backup) is table_backups.SCANNER


def test_only_instances_stand_behind_a_balancer_and_two_services_tell_of_one():
    (groups, classic) = instances.BALANCERS
    group = {"LoadBalancerArns": [f"arn:aws:elasticloadbalancing:{OF}:loadbalancer/app/web/1"], "Target": {"Id": "i-one"}}
    assert gathered(groups, [{**group, "TargetType": kind} for kind in ("ip", "lambda")]) == {}
    told = gathered(groups, [{**group, "TargetType": "instance"}] * 2)
    assert told == {"i-one": ("web",)}
    old = gathered(classic, [{"LoadBalancerName": "old", "Instances": [{"InstanceId": "i-one"}, {"InstanceId": "i-two"}]}])
    one = with_told(classic, with_told(groups, vm("one"), told["i-one"]), old["i-one"])
    assert one.properties["load_balancers"] == ["old", "web"]
    assert with_told(groups, vm("two"), ()) == vm("two")


def test_answers_of_one_thing_and_of_texts_are_items_too():
    assert _at({"Table": {"TableName": "orders"}}, Ask("", ("Table",))) == [{"TableName": "orders"}]
    assert _at({"TableNames": ["a", "b"]}, Ask("", ("TableNames",), named="TableName")) == [{"TableName": "a"}, {"TableName": "b"}]
    assert _at({}, Ask("", ("QueueUrls",), may_lack=True)) == []
    with pytest.raises(ValueError, match="no QueueUrls"):
        _at({}, Ask("", ("QueueUrls",)))
