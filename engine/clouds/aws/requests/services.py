"""Functions, queues, keys, log groups, load balancers and event rules: their changes on the wire. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.clouds.aws.request import Build, Request, key_named, number, on_arn, on_own_id, own_id, tag, tag_mapped
from engine.clouds.operation import Call

_LB = "elbv2"


def _queue(method: str, **more: Any) -> Build:
    return lambda call: Request("sqs", method, {"QueueUrl": call.resource.properties["queue_url"], **more})


def _tag_queue(call: Call) -> Request:
    return Request("sqs", "tag_queue", {"QueueUrl": call.resource.properties["queue_url"], "Tags": tag_mapped(call)})


def _untag_queue(call: Call) -> Request:
    return Request("sqs", "untag_queue", {"QueueUrl": call.resource.properties["queue_url"], "TagKeys": [call.arguments["key"]]})


def _guarded(value: str) -> Build:
    attribute = {"Key": "deletion_protection.enabled", "Value": value}
    return on_arn(_LB, "modify_load_balancer_attributes", "LoadBalancerArn", lambda _call: {"Attributes": [attribute]})


def _retention(call: Call) -> Request:
    days = {"retentionInDays": number(call, "days")}
    return Request("logs", "put_retention_policy", {"logGroupName": own_id(call), **days})


def _reserved(call: Call) -> Request:
    return _concurrency(number(call, "reserved"))(call)


def _concurrency(reserved: int) -> Build:
    return on_own_id("lambda", "put_function_concurrency", "FunctionName", ReservedConcurrentExecutions=reserved)


def _rule(method: str) -> Build:
    def build(call: Call) -> Request:
        bus, _, name = own_id(call).rpartition("/")
        return Request("events", method, {"Name": name, "EventBusName": bus or "default"})

    return build


REQUESTS: Mapping[str, Build] = {
    "lambda:TagResource": on_arn("lambda", "tag_resource", "Resource", lambda call: {"Tags": tag_mapped(call)}),
    "lambda:UntagResource": on_arn("lambda", "untag_resource", "Resource", key_named("TagKeys")),
    "lambda:PutFunctionConcurrency": _concurrency(0),
    "lambda:PutFunctionConcurrency:limit": _reserved,
    "lambda:DeleteFunctionConcurrency": on_own_id("lambda", "delete_function_concurrency", "FunctionName"),
    "sqs:PurgeQueue": _queue("purge_queue"),
    "sqs:DeleteQueue": _queue("delete_queue"),
    "sqs:TagQueue": _tag_queue,
    "sqs:UntagQueue": _untag_queue,
    "kms:DisableKey": on_own_id("kms", "disable_key", "KeyId"),
    "kms:EnableKey": on_own_id("kms", "enable_key", "KeyId"),
    "kms:EnableKeyRotation": on_own_id("kms", "enable_key_rotation", "KeyId"),
    "kms:DisableKeyRotation": on_own_id("kms", "disable_key_rotation", "KeyId"),
    "kms:TagResource": lambda call: Request("kms", "tag_resource", {"KeyId": own_id(call), "Tags": [tag(call, "TagKey", "TagValue")]}),
    "kms:UntagResource": lambda call: Request("kms", "untag_resource", {"KeyId": own_id(call), "TagKeys": [call.arguments["key"]]}),
    "logs:PutRetentionPolicy": _retention,
    "logs:DeleteLogGroup": on_own_id("logs", "delete_log_group", "logGroupName"),
    "logs:TagResource": on_arn("logs", "tag_resource", "resourceArn", lambda call: {"tags": tag_mapped(call)}),
    "logs:UntagResource": on_arn("logs", "untag_resource", "resourceArn", key_named("tagKeys")),
    "elasticloadbalancing:ModifyLoadBalancerAttributes:protect": _guarded("true"),
    "elasticloadbalancing:ModifyLoadBalancerAttributes:unprotect": _guarded("false"),
    "elasticloadbalancing:DeleteLoadBalancer": on_arn(_LB, "delete_load_balancer", "LoadBalancerArn", lambda _call: {}),
    "elasticloadbalancing:AddTags": lambda call: Request(_LB, "add_tags", {"ResourceArns": [call.resource.id], "Tags": [tag(call)]}),
    "elasticloadbalancing:RemoveTags": lambda call: Request(
        _LB, "remove_tags", {"ResourceArns": [call.resource.id], "TagKeys": [call.arguments["key"]]}
    ),
    "events:DisableRule": _rule("disable_rule"),
    "events:EnableRule": _rule("enable_rule"),
    "events:TagResource": on_arn("events", "tag_resource", "ResourceARN", lambda call: {"Tags": [tag(call)]}),
    "events:UntagResource": on_arn("events", "untag_resource", "ResourceARN", key_named("TagKeys")),
}
