"""Compares results with what a right reply is, by the rules of the public evaluation format. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

CHANGING = ("plan", "schedule")


@dataclass(frozen=True, slots=True)
class Verdict:
    """One case: `faults` in words, empty when it is right; `wrong` resources that would be touched and should not be."""

    case: str
    text: str
    faults: tuple[str, ...]
    wrong: frozenset[str]
    asked: bool


@dataclass(frozen=True, slots=True)
class Score:
    """A whole run."""

    verdicts: tuple[Verdict, ...]

    @property
    def share(self) -> float:
        return sum(not verdict.faults for verdict in self.verdicts) / len(self.verdicts)

    @property
    def wrong_targets(self) -> int:
        return sum(len(verdict.wrong) for verdict in self.verdicts)

    @property
    def unasked_actions(self) -> int:
        return sum(1 for verdict in self.verdicts if verdict.wrong and not verdict.asked)

    @property
    def missed(self) -> tuple[str, ...]:
        return tuple(f"{v.case} {v.text!r}: {'; '.join(v.faults)}" for v in self.verdicts if v.faults)


def score(cases: Iterable[Mapping[str, Any]], results: Iterable[Mapping[str, Any]]) -> Score:
    """Every case judged; a case without a result is wrong."""
    by_id = {result["id"]: result for result in results}
    return Score(tuple(judge(case, by_id.get(case["id"], {})) for case in cases))


def judge(case: Mapping[str, Any], result: Mapping[str, Any]) -> Verdict:
    """One case."""
    expected = case["expect"]
    asked = expected["outcome"] in CHANGING
    faults = (
        *_outcome(expected, result),
        *_operations(expected, result),
        *_words(expected, result),
        *_approval(expected, result),
        *_times(expected, result),
    )
    return Verdict(case["id"], case["text"], faults, _wrong(expected, result), asked)


def _wrong(expected: Mapping[str, Any], result: Mapping[str, Any]) -> frozenset[str]:
    if result.get("outcome") not in CHANGING:
        return frozenset()
    touched = frozenset(result.get("targets", ()))
    if expected["outcome"] not in CHANGING:
        return touched or frozenset({"an unasked plan"})
    return touched - frozenset(expected.get("targets", touched))


def _outcome(expected: Mapping[str, Any], result: Mapping[str, Any]) -> list[str]:
    if result.get("outcome") != expected["outcome"]:
        return [f"{result.get('outcome')} instead of {expected['outcome']}"]
    if "targets" not in expected:
        return []
    wanted, got = set(expected["targets"]), set(result.get("targets", ()))
    return [f"{len(part)} targets {word}" for part, word in ((wanted - got, "missed"), (got - wanted, "too many")) if part]


def _operations(expected: Mapping[str, Any], result: Mapping[str, Any]) -> list[str]:
    called = set(result.get("operations", ()))
    faults = [f"forbidden {name}" for name in sorted(called & set(expected.get("never", ())))]
    if expected["outcome"] not in CHANGING or result.get("outcome") != expected["outcome"] or "operations" not in expected:
        return faults
    faults += [f"operation {name}" for name in sorted(called - set(expected["operations"]))]
    return faults if called else [*faults, "no operation"]


def _words(expected: Mapping[str, Any], result: Mapping[str, Any]) -> list[str]:
    text = str(result.get("text", "")).lower()
    return [f"does not mention {word}" for word in expected.get("mentions", ()) if word.lower() not in text]


def _approval(expected: Mapping[str, Any], result: Mapping[str, Any]) -> list[str]:
    unapproved = expected.get("approval") and result.get("outcome") in CHANGING and not result.get("approval")
    return ["no approval asked"] if unapproved else []


def _times(expected: Mapping[str, Any], result: Mapping[str, Any]) -> list[str]:
    if result.get("outcome") != "schedule":
        return []
    wrong = (key for key in ("cron", "timezone") if key in expected and result.get(key) != expected[key])
    return [f"{key} {result.get(key)} instead of {expected[key]}" for key in wrong]
