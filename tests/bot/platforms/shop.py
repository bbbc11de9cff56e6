"""A made-up shop: its machines and databases, a plan to stop some of them, and how that went. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.approvals.filed import Filed
from engine.approvals.states import Request, State, Vote
from engine.clouds.operation import Inverse, OperationClass
from engine.clouds.permission import denied
from engine.estate.facts import environment
from engine.estate.resource import Gap, GapReason, Resource
from engine.estate.where import is_
from engine.execution.machine import StepState
from engine.execution.plan import Breaks, LeftOut, Plan, Step
from engine.execution.report import Report, StepReport
from engine.request.reading import Selection
from engine.request.reasons import in_short, reasons
from engine.schedules.reach import reach
from engine.schedules.schedule import Cadence, Fired, Schedule, Standing

AT = datetime(2026, 11, 20, 9, 12, tzinfo=UTC)
RUN = "run-4hx8tw2p"
SCHEDULE = "sched-6wq3kd8n"
EVERY_EVENING = Cadence("at 8pm every weekday", "Europe/Berlin", cron="0 20 * * 1-5")
PLAN = "plan-7k2m9qhd"
ACCOUNTS = {"production": "210987654321", "staging": "310987654321", "development": "410987654321"}
# The states of a run's steps in the order of its targets, the third refused by the cloud.
STATES = (StepState.DONE, StepState.DONE, StepState.FAILED, StepState.SETTLING, StepState.SENDING)
STOP = "ec2:StopInstances"
ROLE = "arn:aws:iam::210987654321:role/escher"
TOLD = {StepState.FAILED: "Denied: ec2:StopInstances on this machine"}


def machine(number: int, environment: str = "production", *, tagged: bool = True) -> Resource:
    """A running worker of the shop; without a tag, its account says which environment it is."""
    own = f"i-0a1b2c3d4e{number:07x}"
    account = ACCOUNTS[environment]
    return Resource(
        *("aws", "compute_instance", "AWS::EC2::Instance", f"arn:aws:ec2:eu-central-1:{account}:instance/{own}"),
        *(f"{environment[:4]}-worker-{number:03}", account, f"shop-{environment}", "eu-central-1", "running"),
        {"app": "shop", "owner": "payments"} | ({"env": environment} if tagged else {}),
        {"instance_id": own, "instance_type": "t3.large", "account_environment": environment},
        (number * 37) % 190 + 4.5,
        {"cpu_avg_7d": 2.0},
    )


def machines(count: int, environment: str = "production") -> tuple[Resource, ...]:
    """Workers, the first two of them tagged with their environment."""
    return tuple(machine(number, environment, tagged=number <= 2) for number in range(1, count + 1))


def databases() -> tuple[Resource, ...]:
    """Three databases of one name, one in each environment."""
    return tuple(
        Resource(
            *("aws", "database_instance", "AWS::RDS::DBInstance", f"arn:aws:rds:eu-central-1:{account}:db:orders-db", "orders-db"),
            *(account, f"shop-{environment}", "eu-central-1", "available"),
            {"env": environment},
            {"engine": "postgres", "instance_class": "db.r6g.large"},
            210.4,
        )
        for environment, account in ACCOUNTS.items()
    )


def why(one: Resource) -> str:
    """Why a machine is meant by "the workers of the shop in …"."""
    filters = (("environment", is_("environment", environment(one)[0])), ("app", is_("app", "shop")))
    return in_short(reasons(Selection(filters=filters), one))


def stopping(targets: Sequence[Resource], plan_id: str = PLAN) -> Plan:
    """A plan to stop machines of the shop."""
    return Plan(
        id=plan_id,
        title="Stop idle workers",
        asked_by="lena",
        message="stop every worker of the shop that nobody used this week",
        made_at=AT,
        expires_at=AT + timedelta(hours=1),
        targets=tuple(targets),
        steps=tuple(_stop(number, one) for number, one in enumerate(targets, 1)),
        risk="high",
        reasons=("stops machines in production", f"reaches {len(targets)} resources"),
        left_out=(LeftOut(2, "stopped already"), LeftOut(1, "excluded by the tag escher:hands-off")),
        impact=_impact(targets),
        checks=(denied(STOP, targets[0].account, targets[2:3], (STOP,), ROLE),),
        monthly_delta=-sum(one.monthly_cost for one in targets),
        explanation="Workers without load for seven days are stopped one after the other.",
        sources=(STOP,),
        place={"platform": "web", "channel": "general", "thread": "m1"},
        why={one.id: why(one) for one in targets},
    )


def _impact(targets: Sequence[Resource]) -> tuple[Breaks, ...]:
    ids = tuple(one.id for one in targets)
    balancer = f"arn:aws:elasticloadbalancing:eu-central-1:{targets[0].account}:loadbalancer/app/shop-front/50dc6c495c0c9188"
    return (
        Breaks("Load balancer shop-front loses 3 of its 5 targets.", ids[:3], (balancer,)),
        Breaks("Nothing else runs the app shop here while they are stopped.", ids),
    )


def _stop(number: int, one: Resource) -> Step:
    own = str(one.properties["instance_id"])
    return Step(
        id=f"s{number}",
        operation=STOP,
        target=one.id,
        arguments={},
        kind=OperationClass.POWER,
        title="Stop",
        command=("aws", "ec2", "stop-instances", "--region", one.region, "--instance-ids", own),
        inverse=Inverse("ec2:StartInstances"),
    )


def filed(plan: Plan, state: State = "asked") -> Filed:
    """The plan on the desk: it waits for one manager, or the manager decided."""
    vote = Vote("omar", AT + timedelta(minutes=4), "the sale runs until Friday" if state == "denied" else "")
    request = Request(
        plan.id,
        plan.digest,
        plan.asked_by,
        needs=1,
        expires_at=plan.expires_at,
        state=state,
        votes=(vote,) if state in ("approved", "used") else (),
        closed=vote if state in ("denied", "withdrawn") else None,
    )
    return Filed(plan, request, ("it touches production", "it reaches more than 10 resources"))


def scheduled(**more: Any) -> Schedule:
    """Stopping the shop's development workers every weekday evening, approved the week before; it ran last night."""
    standing = Standing("plan-5rt2xw9c", ("omar",), AT - timedelta(days=7), AT + timedelta(days=83))
    last = Fired(datetime(2026, 11, 19, 19, 0, tzinfo=UTC), AT - timedelta(hours=14), "ran", "Stop 14 workers: done.", RUN)
    made = Schedule(
        id=SCHEDULE,
        title="Stop every worker of the shop in development",
        message="stop every worker of the shop in development at 8pm every weekday",
        asked_by="lena",
        made_at=AT - timedelta(days=7),
        cadence=EVERY_EVENING,
        place={"platform": "web", "channel": "general", "thread": "m1"},
        state="active",
        review="plan-5rt2xw9c",
        standing=standing,
        next_at=datetime(2026, 11, 20, 19, 0, tzinfo=UTC),
        last=last,
        reach=reach(machines(14, "development")),
    )
    return replace(made, **more)


def reviewing() -> Filed:
    """The review of that schedule: 14 workers, those that run and those that do not."""
    return filed(replace(stopping(machines(14, "development"), "plan-5rt2xw9c"), schedule=f"{SCHEDULE}@0f1e2d3c4b5a6978"))


def under_way(over: int = 3, run_id: str = RUN) -> Report:
    """A run of eight steps of which `over` are over, one of those refused by the cloud."""
    plan = stopping(machines(8))
    states = [*STATES[:over], *[StepState.DONE] * (over - len(STATES)), *STATES[over:], *[StepState.WAITING] * 8][:8]
    states[:over] = [state if state in (StepState.DONE, StepState.FAILED) else StepState.DONE for state in states[:over]]
    steps = tuple(
        StepReport(step, state, TOLD.get(state, ""), 38.5 if state is StepState.DONE else 0.0)
        for step, state in zip(plan.steps, states, strict=True)
    )
    return Report(run_id, plan, ("omar",), AT + timedelta(minutes=5), steps)


def ended() -> Report:
    """The same run at its end: seven stopped, one refused."""
    last = under_way(8)
    return Report(last.id, last.plan, last.approved_by, last.started_at, last.steps, last.started_at + timedelta(seconds=72))


def gap() -> Gap:
    """A part of the shop that could not be seen."""
    return Gap(
        *("aws", ACCOUNTS["development"], "shop-development", "eu-west-1", "compute_instance"),
        *(GapReason.DENIED, "ec2:DescribeInstances", "not authorised"),
    )
