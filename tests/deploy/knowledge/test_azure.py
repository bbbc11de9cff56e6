"""Commands are made of the Azure CLI's help: levels of access, permissions from ARM's calls, options."""

from __future__ import annotations

import pytest

from deploy.knowledge.arm import of_call, types_of_groups
from deploy.knowledge.azure import access, commands, distinct

VM = "/subscriptions/{s}/resourceGroups/{g}/providers/Microsoft.Compute/virtualMachines/{vm}"


def field(name, option, **more):
    return {"name": name, "option": option, "aliases": [], "kind": "text", "required": False, "choices": [], "meaning": "", **more}


def row(command, calls=(), **more):
    base = {"command": command, "summary": "Does.", "detail": "", "fields": [], "by_id": [], "examples": []}
    return {**base, "calls": [list(one) for one in calls], **more}


@pytest.mark.parametrize(
    ("method", "url", "permission"),
    [
        ("GET", VM, "Microsoft.Compute/virtualMachines/read"),
        ("PUT", VM, "Microsoft.Compute/virtualMachines/write"),
        ("PATCH", VM, "Microsoft.Compute/virtualMachines/write"),
        ("DELETE", VM, "Microsoft.Compute/virtualMachines/delete"),
        ("POST", f"{VM}/start", "Microsoft.Compute/virtualMachines/start/action"),
        ("POST", VM, ""),
        ("GET", f"{VM}/extensions", "Microsoft.Compute/virtualMachines/extensions/read"),
        ("GET", f"{VM}/providers/Microsoft.X/ys/{{y}}", "Microsoft.X/ys/read"),
        ("PUT", "/subscriptions/{s}/resourcegroups/{g}", "Microsoft.Resources/subscriptions/resourceGroups/write"),
        ("GET", "/subscriptions/{s}/resources", ""),
        ("GET", "/subscriptions/{s}/providers/{namespace}", ""),
        ("OPTIONS", VM, ""),
    ],
)
def test_a_call_is_a_permission(method, url, permission):
    assert of_call(method, url) == permission


@pytest.mark.parametrize(
    ("command", "calls", "level"),
    [
        ("az vm list", [("GET", VM)], "list"),
        ("az vm show", [], "read"),
        ("az vm list-keys", [("POST", f"{VM}/listKeys")], "list"),
        ("az vm list", [("PUT", VM)], "write"),  # a call outvotes the word
        ("az vm update", [("GET", VM), ("PUT", VM)], "write"),
        ("az vm deallocate", [("POST", f"{VM}/deallocate")], "write"),
        ("az vm frobnicate", [], "unknown"),
        ("az aks get-credentials", [], "unknown"),
        ("az tag update", [], "tagging"),
        ("az role assignment create", [], "permissions"),
        ("az keyvault set-policy", [], "permissions"),
        ("az webapp connection create postgres", [], "write"),
        ("az storage account check-name", [], "read"),
        ("az vm wait", [], "read"),
    ],
)
def test_level(command, calls, level):
    assert access(row(command, calls)) == level


def test_a_command_is_whole():
    rows = [
        row("az vm show", [("GET", VM)]),
        row(
            "az vm stop",
            by_id=["vm_name"],
            fields=[
                field("vm_name", "--name", aliases=["-n"]),
                field("wait", "--wait", kind="boolean", choices=["true", "false"]),
                field("size", "--size", choices=["Small", "small", "Big"], required=True),
            ],
        ),
    ]
    show, stop = commands({"commands": rows}, {("az vm stop",): ("Stop it.",)})
    assert show.permissions == ("Microsoft.Compute/virtualMachines/read",)
    assert stop.permissions == ("Microsoft.Compute/virtualMachines/powerOff/action",)
    assert stop.examples == ("Stop it.",)
    name, wait, size = stop.fields
    assert (name.required, name.unless, name.aliases) == (True, "--ids", ("-n",))
    assert wait.choices == ()
    assert size.choices == ("Small", "Big")
    assert (size.required, size.unless) == (True, "")


def test_a_group_names_what_its_commands_of_the_clis_own_work_on():
    hsm = "/subscriptions/{s}/resourceGroups/{g}/providers/Microsoft.X/hsms/{h}"
    rows = [row("az hsm show", [("GET", hsm)]), row("az hsm create"), row("az hsm frobnicate"), row("az hsm list", [("GET", f"{VM}/x")])]
    assert types_of_groups(rows)["hsm"] == "Microsoft.X/hsms"
    found = {one.command: one.permissions for one in commands({"commands": rows}, {})}
    assert found["az hsm create"] == ("Microsoft.X/hsms/write",)
    assert found["az hsm frobnicate"] == ()


def test_choices_differ_by_more_than_case():
    assert list(distinct(["A", "a", "b"])) == ["A", "b"]
