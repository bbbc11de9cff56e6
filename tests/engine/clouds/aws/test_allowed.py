"""IAM's simulation: whose, what its results mean, and that nothing but questions is asked."""

from __future__ import annotations

import pytest

from engine.clouds.aws.cloud import AwsCloud
from engine.clouds.aws.simulated import judged, judged_everywhere, principal_of, spoken
from tests.engine.execution.samples import vm

ONE, TWO = vm("one"), vm("two")
STOP = "ec2:StopInstances"
QUESTIONS = {"AssumeRole", "GetCallerIdentity", "SimulatePrincipalPolicy"}
ROLE = "arn:aws:iam::444455556666:role/ops/escher"
ANSWER = """<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult>
<IsTruncated>false</IsTruncated><EvaluationResults><member><EvalActionName>{action}</EvalActionName><EvalDecision>{decision}</EvalDecision>
<EvalResourceName>{arn}</EvalResourceName></member></EvaluationResults></SimulatePrincipalPolicyResult>
<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></SimulatePrincipalPolicyResponse>"""


@pytest.mark.parametrize(
    ("caller", "role", "principal"),
    [
        ("arn:aws:iam::4:user/team/ci", "", "arn:aws:iam::4:user/team/ci"),
        ("arn:aws:sts::4:assumed-role/escher/session", "", "arn:aws:iam::4:role/escher"),
        ("arn:aws-cn:sts::4:assumed-role/escher/session", "", "arn:aws-cn:iam::4:role/escher"),
        ("arn:aws:sts::4:assumed-role/escher/escher", ROLE, ROLE),
        ("arn:aws:sts::4:assumed-role/other/escher", ROLE, "arn:aws:iam::4:role/other"),
        ("arn:aws:sts::4:federated-user/lena", "", ""),
        ("arn:aws:iam::4:root", "", ""),
    ],
)
def test_whose_policies_decide(caller, role, principal):
    assert principal_of(caller, role) == principal


def test_a_principal_is_spoken_of_by_its_name():
    assert [spoken(arn) for arn in (ROLE, "arn:aws:iam::4:user/ci", "odd")] == ["role escher", "user ci", "odd"]


def one(decision: str, arn: str = "", missing: tuple[str, ...] = ()) -> dict:
    return {"EvalActionName": STOP, "EvalDecision": decision, "EvalResourceName": arn, "MissingContextValues": list(missing)}


def each(**decisions: tuple[str, list[str]]) -> dict:
    """As IAM answers since it gives one result for all resources."""
    arns = {"one": ONE.id, "two": TWO.id}
    own = [
        {"EvalResourceName": arns[name], "EvalResourceDecision": said, "MissingContextValues": keys}
        for name, (said, keys) in decisions.items()
    ]
    return {**one("implicitDeny"), "ResourceSpecificResults": own}


@pytest.mark.parametrize(
    ("results", "verdict", "targets", "why"),
    [
        ([one("allowed", ONE.id), one("allowed", TWO.id)], "allowed", (ONE, TWO), ""),
        ([one("allowed")], "allowed", (ONE, TWO), ""),
        ([one("allowed", ONE.id), one("explicitDeny", TWO.id)], "denied", (TWO,), f"{STOP} is not granted."),
        ([each(one=("allowed", []), two=("implicitDeny", []))], "denied", (TWO,), f"{STOP} is not granted."),
        (
            [each(one=("allowed", []), two=("implicitDeny", ["aws:ResourceTag/env"]))],
            "unknown", (TWO,), "A policy looks at aws:ResourceTag/env, which a simulation does not know.",
        ),
        ([each(one=("implicitDeny", []), two=("implicitDeny", ["x"]))], "denied", (ONE,), f"{STOP} is not granted."),
        ([one("allowed", ONE.id)], "unknown", (TWO,), "The simulation said nothing of it."),
        ([], "unknown", (ONE, TWO), "The simulation said nothing of it."),
    ],
)  # fmt: skip
def test_what_results_mean(results, verdict, targets, why):
    check = judged(STOP, STOP, (ONE, TWO), results, "role escher")
    assert (check.verdict, check.targets, check.why, check.principal) == (verdict, tuple(t.id for t in targets), why, "role escher")
    assert check.missing == ((STOP,) if verdict == "denied" else ())


def near(sandbox, faults) -> tuple[AwsCloud, str]:
    account = sandbox.accounts[0].model_copy(update={"endpoint": faults.endpoint})
    return AwsCloud([account]), account.id


@pytest.mark.parametrize(("decision", "verdict"), [("allowed", "allowed"), ("implicitDeny", "denied")])
async def test_iam_is_asked_and_the_change_is_never_tried(sandbox, faults, decision, verdict):
    cloud, account = near(sandbox, faults)
    target = vm("one", account=account)
    faults.answer_with("SimulatePrincipalPolicy", 200, ANSWER.format(action=STOP, decision=decision, arn=target.id))
    check = await cloud.allowed(account, STOP, (target,))
    await cloud.close()
    assert (check.verdict, check.targets) == (verdict, (target.id,))
    assert check.principal
    assert set(faults.seen) == QUESTIONS


async def test_many_targets_are_asked_about_in_several_requests(sandbox, faults):
    cloud, account = near(sandbox, faults)
    faults.answer_with("SimulatePrincipalPolicy", 200, ANSWER.format(action=STOP, decision="allowed", arn="*"))
    check = await cloud.allowed(account, STOP, tuple(vm(f"m{n}", account=account) for n in range(150)))
    await cloud.close()
    assert (check.verdict, len(check.targets), faults.seen["SimulatePrincipalPolicy"]) == ("allowed", 150, 2)


async def test_a_denied_simulation_is_unknown_and_says_so(sandbox, faults):
    cloud, account = near(sandbox, faults)
    faults.answer_with(
        "SimulatePrincipalPolicy", 403,
        "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not authorized</Message></Error><RequestId>r</RequestId></ErrorResponse>",
    )  # fmt: skip
    check = await cloud.allowed(account, STOP, (vm("one", account=account),))
    await cloud.close()
    assert check.verdict == "unknown"
    assert check.why.startswith("AWS answered iam:SimulatePrincipalPolicy with AccessDenied")
    assert set(faults.seen) == QUESTIONS


async def test_an_answer_that_is_none_is_unknown(sandbox, faults):
    cloud, account = near(sandbox, faults)
    faults.answer_with("SimulatePrincipalPolicy", 200, "<html>busy</html>")
    check = await cloud.allowed(account, STOP, (vm("one", account=account),))
    await cloud.close()
    assert check.verdict == "unknown"


async def test_moto_simulates_nothing_and_an_unknown_operation_is_not_asked_about(sandbox, cloud):
    account = sandbox.accounts[0].id
    check = await cloud.allowed(account, STOP, (vm("one", account=account),))
    assert check.verdict == "unknown"
    assert check.why.startswith("AWS gave no usable answer to iam:SimulatePrincipalPolicy: ")
    strange = await cloud.allowed(account, "ec2:RunInstances", (vm("one", account=account),))
    assert strange.why == "Escher knows no AWS operation ec2:RunInstances."
    root = await cloud.allowed("999999999999", STOP, (vm("one"),))
    assert "not configured" in root.why


def test_what_holds_for_all_resources_is_a_yes_to_all_or_a_no_that_is_spelt_out():
    said = {"a": "allowed", "b": "explicitDeny", "c": "implicitDeny", "d": "allowed"}
    results = [{"EvalActionName": name, "EvalDecision": decision} for name, decision in said.items()]
    results[3]["MissingContextValues"] = ["aws:MultiFactorAuthPresent"]
    assert judged_everywhere(results) == {"a": "allowed", "b": "denied"}


async def test_an_account_is_asked_about_all_operations_in_a_few_requests(sandbox, faults):
    cloud, account = near(sandbox, faults)
    faults.answer_with("SimulatePrincipalPolicy", 200, ANSWER.format(action=STOP, decision="explicitDeny", arn="*"))
    (check,) = await cloud.rights(account)
    assert (check.operation, check.account, check.verdict, check.targets) == (STOP, account, "denied", ())
    assert 1 < faults.seen["SimulatePrincipalPolicy"] < 10
    assert set(faults.seen) == QUESTIONS
    faults.answer_with("SimulatePrincipalPolicy", 200, "<html>busy</html>")
    assert await cloud.rights(account) == ()
    assert await cloud.rights("999999999999") == ()
    await cloud.close()
