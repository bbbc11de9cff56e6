"""One card of every kind, as the bot would make them; goldens, the preview and the contract suite look at these. Pure."""

from __future__ import annotations

from bot.cards.card import Action, Card, Code, Column, Facts, Field, Note, Progress, Step, StepState, Table, Text

TARGET_COLUMNS = (
    Column("Name"),
    Column("Type"),
    Column("Environment"),
    Column("Account"),
    Column("Region"),
    Column("State"),
    Column("Cost", numeric=True, unit="USD a month"),
)


def targets(count: int, environment: str = "development") -> tuple[tuple[str, ...], ...]:
    """Rows of made-up machines."""
    return tuple(
        (
            f"{environment[:4]}-worker-{i:03}",
            "compute_instance",
            environment,
            f"shop-{environment}",
            "eu-central-1",
            "running",
            f"{(i * 37) % 190 + 4.5:,.2f}",
        )
        for i in range(1, count + 1)
    )


def plan(subject: str = "plan-7k2m9qhd", count: int = 14, environment: str = "production") -> Card:
    """A plan that waits for a manager."""
    rows = targets(count, environment)
    return Card(
        "plan",
        f"Stop {count} compute instances",
        "waiting",
        (
            Text("Stop every worker of the shop that nobody used this week.", strong=True),
            Facts(
                (
                    ("Risk", "high"),
                    ("Environment", environment),
                    ("Account", "shop-production (210987654321)"),
                    ("Region", "eu-central-1"),
                    ("Requested by", "Lena Vogt"),
                    ("Waits for", "one manager who is not Lena"),
                )
            ),
            Note("12 targets are taken as production by their account, not by a tag.", "warning"),
            Note("A load balancer sends traffic to 3 of these machines.", "danger"),
            Table(TARGET_COLUMNS, rows, "Targets", shown=6),
            Code("aws ec2 stop-instances --region eu-central-1 --instance-ids i-0a1b2c3d4e5f60718", "What will run, for the first target"),
            Note("Can be undone: the same machines are started again.", "good"),
        ),
        (
            Action("approve", subject, "Approve", "primary"),
            Action("deny", subject, "Deny", "danger", form=(Field("reason", "Why not", multiline=True),)),
            Action(
                "narrow",
                subject,
                "Choose targets",
                form=(Field("targets", "Targets to keep", choices=_choices(4), many=True, picked=("r1", "r2")),),
            ),
            Action("details", subject, "Details", opens=True),
        ),
        "plan-7k2m9qhd · digest 9f3a21c04b · expires in 60 minutes",
        subject,
    )


def _choices(count: int) -> tuple[tuple[str, str, str], ...]:
    return tuple((f"r{i}", f"prod-worker-{i:03}", "eu-central-1, running") for i in range(1, count + 1))


def progress(done: int = 3, subject: str = "run-4hx8tw2p") -> Card:
    """A run on its way, with a failure."""
    names = [f"prod-worker-{i:03}" for i in range(1, 9)]
    states: tuple[StepState, ...] = ("done", "done", "failed", "running", "running", "waiting", "waiting", "waiting")
    details = ("in 41 s", "in 38 s", "Denied: ec2:StopInstances on this machine", "stopping", "stopping", "", "", "")
    steps = tuple(Step(name, state, detail) for name, state, detail in zip(names, states, details, strict=True))
    return Card(
        "progress",
        "Stopping 8 compute instances",
        "neutral",
        (Progress(done, 8, steps),),
        (Action("cancel", subject, "Cancel what has not begun", "danger"),),
        "Started by Lena Vogt, approved by Omar Haddad",
        subject,
    )


def outcome() -> Card:
    """A run that ended, not wholly well."""
    return Card(
        "outcome",
        "Stopped 7 of 8 compute instances",
        "warning",
        (
            Text("prod-worker-003 still runs: the credentials may not stop it.", strong=True),
            Facts((("Environment", "production"), ("Took", "1 min 12 s"), ("Saves", "412.50 USD a month"))),
            Table(
                (Column("Name"), Column("Before"), Column("After"), Column("Took", numeric=True, unit="s")),
                (
                    ("prod-worker-001", "running", "stopped", "41"),
                    ("prod-worker-002", "running", "stopped", "38"),
                    ("prod-worker-003", "running", "running", "2"),
                ),
                "What happened",
            ),
        ),
        (Action("undo", "run-4hx8tw2p", "Undo", "danger"), Action("details", "run-4hx8tw2p", "Details", opens=True)),
        "run-4hx8tw2p",
        "run-4hx8tw2p",
    )


def table() -> Card:
    """An answer with more rows than a card shows, and more than were sent."""
    return Card(
        "table",
        "31 running instances in development",
        "neutral",
        (
            Table(TARGET_COLUMNS, targets(31), "Running instances", shown=8, total=120),
            Note("eu-west-1 of shop-development could not be read: denied.", "warning"),
        ),
        footer="Scanned 4 minutes ago",
        subject="answer-1",
    )


def clarification() -> Card:
    """A question with a pick list."""
    picks = tuple(
        (f"r{i}", f"orders-db-{i}", f"database in {place}") for i, place in enumerate(("production", "staging", "development"), 1)
    )
    many = tuple((f"h{i}", f"host-{i:02}", "") for i in range(1, 13))
    return Card(
        "clarification",
        "Which orders database?",
        "waiting",
        (Text("Three databases are called “orders-db”. Nothing happens until you choose."),),
        (
            Action(
                "pick",
                "q-5",
                "Choose one",
                "primary",
                form=(Field("target", "Database", choices=picks), Field("note", "Note", required=False)),
            ),
            Action("host", "q-5", "By host", form=(Field("host", "Host", choices=many),)),
            Action("forget", "q-5", "None of these"),
        ),
        subject="q-5",
    )


def refusal() -> Card:
    """A refusal that explains itself."""
    return Card(
        "refusal",
        "You may not approve this plan",
        "danger",
        (
            Note("You asked for it, and the policy wants somebody else to decide.", "danger"),
            Facts((("Tried", "approve plan-7k2m9qhd"), ("Who can", "a manager: Omar Haddad"))),
        ),
    )


def error() -> Card:
    """Something that went wrong outside."""
    return Card(
        "error",
        "AWS did not answer",
        "danger",
        (
            Text("Whether the call arrived is not known, so it is not repeated."),
            Code("ec2:DescribeInstances eu-central-1: connect timeout after 10 s", "What came back"),
        ),
        (Action("look", "run-4hx8tw2p", "Look again", "primary"),),
    )


def text() -> Card:
    """A plain answer."""
    return Card(
        "text",
        "Nothing to do",
        "good",
        (Text("Every development instance in us-east-1 is stopped already.\nThe last one stopped at 19:02."),),
    )


def helping() -> Card:
    """What Escher can do."""
    return Card(
        "help",
        "What you can ask",
        "neutral",
        (
            Text("Write in plain words. Some examples:"),
            Facts(
                (("Operate", "stop all dev instances in us-east-1"), ("Ask", "which databases are public?"), ("Undo", "undo the last run"))
            ),
        ),
    )


def details() -> Card:
    """What a details button opens."""
    return Card(
        "details",
        "Everything about plan-7k2m9qhd",
        "neutral",
        (
            Facts((("Digest", "9f3a21c04b7e55d0"), ("Environment", "production"))),
            Table(TARGET_COLUMNS, targets(14, "production"), "All targets", shown=14),
            Code('{\n  "handles": ["r1", "r2"],\n  "type": "compute_instance"\n}', "What left for the AI server, byte for byte"),
        ),
    )


GALLERY: dict[str, Card] = {
    card.kind: card for card in (plan(), progress(), outcome(), table(), clarification(), refusal(), error(), text(), helping(), details())
}
