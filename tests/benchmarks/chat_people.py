"""Who and what the chat bench is about: people with and without rights, and machines in production to stop. Pure."""

from __future__ import annotations

from engine.estate.resource import Resource
from engine.settings import Person, Role

TEAM = "T0SHOP"
BOT = "U0BOT"
# Escher's id, the id in Slack, the roles.
_KNOWN: tuple[tuple[str, str, tuple[Role, ...]], ...] = (
    ("eve", "U0EVE", ("executor",)),
    ("eva", "U0EVA", ("executor",)),
    ("max", "U0MAX", ("manager", "executor")),
    ("mona", "U0MONA", ("manager",)),
    ("theo", "U0THEO", ("manager",)),
    ("vic", "U0VIC", ("viewer",)),
    # Managers by the configuration whom Slack does not vouch for: a guest, somebody of another organisation, a bot.
    ("gus", "U0GUS", ("manager",)),
    ("out", "U0OUT", ("manager",)),
    ("botty", "U0BOTTY", ("manager",)),
)
PEOPLE = tuple(Person(id=one, name=one.capitalize(), roles=roles, logins={"slack": f"{TEAM}/{login}"}) for one, login, roles in _KNOWN)
LOGIN = {one: login for one, login, _ in _KNOWN}
PERSON = {login: one for one, login, _ in _KNOWN}
STRANGER = "U0ZOE"
ASKERS = ("eve", "max")
APPROVERS = ("mona", "theo", "max")
SIGNS = {"U0GUS": {"is_restricted": True}, "U0OUT": {"is_stranger": True}, "U0BOTTY": {"is_bot": True}}
MACHINES = 700


def machine(number: int) -> str:
    return f"shop-api-{number:04}"


def vms() -> list[Resource]:
    """Instances in production, each of which one plan stops."""
    return [
        Resource(
            cloud="aws",
            type="compute_instance",
            native_type="AWS::EC2::Instance",
            id=f"arn:aws:ec2:eu-west-1:777788889999:instance/i-{machine(number)}",
            name=machine(number),
            account="777788889999",
            account_name="shop-prod",
            region="eu-west-1",
            state="running",
            tags={"env": "production"},
            properties={"instance_id": f"i-{machine(number)}", "instance_type": "t3.large"},
            monthly_cost=60.0,
        )
        for number in range(MACHINES)
    ]
