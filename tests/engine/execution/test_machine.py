"""The run machine as a conversation: what happens on the left, what is to be done about it on the right."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.clouds.operation import OperationClass
from engine.execution.machine import (
    OVER,
    UNDER_WAY,
    Abandon,
    Accepted,
    Begun,
    Cancelled,
    Command,
    Event,
    Failed,
    NotSeen,
    Run,
    Seen,
    Send,
    Settle,
    StepState,
    TimedOut,
    Watch,
    advance,
    begin,
    resume,
)
from engine.execution.plan import Step

WAITING, SENDING, SETTLING, LOOKING = StepState.WAITING, StepState.SENDING, StepState.SETTLING, StepState.LOOKING
DONE, FAILED, SKIPPED, CANCELLED = StepState.DONE, StepState.FAILED, StepState.SKIPPED, StepState.CANCELLED


def a_step(id_: str, *needs: str, retries: int = 0) -> Step:
    return Step(id_, "x:Y", "r", {}, OperationClass.POWER, "Do", ("x",), needs=needs, retries=retries, timeout_s=9, settles_s=30)


class Talk:
    """Says events to a machine and keeps what it answers."""

    def __init__(self, *steps: Step, width: int = 8) -> None:
        self.run = begin(steps, width)
        self.said: list[Command] = []

    def hears(self, event: Event) -> list[str]:
        """The machine's answer, as short words."""
        self.run, commands = advance(self.run, event)
        self.said += commands
        return [word(command) for command in commands]

    def state(self, id_: str) -> StepState:
        return self.run.steps[id_].state

    def detail(self, id_: str) -> str:
        return self.run.steps[id_].detail


def word(command: Command) -> str:
    match command:
        case Send(step=step, attempt=attempt, wait_s=wait):
            return f"send {step.id} #{attempt}" + (f" after {wait:g} s" if wait else "")
        case Watch(step=step, attempt=attempt, for_s=seconds):
            return f"watch {step.id} #{attempt} for {seconds:g} s"
        case Abandon(step=step, attempt=attempt):
            return f"abandon {step.id} #{attempt}"
        case Settle(step=step, state=state):
            return f"{step.id} {state}"


def test_one_step_goes_from_sending_to_done():
    talk = Talk(a_step("a"))
    assert talk.hears(Begun()) == ["send a #1"]
    assert talk.hears(Accepted("a", 1)) == ["watch a #1 for 30 s"]
    assert not talk.run.over
    assert talk.hears(Seen("a", 1)) == ["a done"]
    assert talk.run.over
    assert talk.detail("a") == ""


def test_what_is_needed_comes_first():
    talk = Talk(a_step("a"), a_step("b", "a"), a_step("c", "a", "b"))
    assert talk.hears(Begun()) == ["send a #1"]
    talk.hears(Accepted("a", 1))
    assert talk.hears(Seen("a", 1)) == ["a done", "send b #1"]
    talk.hears(Accepted("b", 1))
    assert talk.hears(Seen("b", 1)) == ["b done", "send c #1"]


def test_no_more_than_the_width_are_under_way():
    talk = Talk(*(a_step(name) for name in "abcd"), width=2)
    assert talk.hears(Begun()) == ["send a #1", "send b #1"]
    assert talk.hears(Accepted("a", 1)) == ["watch a #1 for 30 s"]
    assert talk.hears(Seen("a", 1)) == ["a done", "send c #1"]
    assert talk.hears(Failed("b", 1, "no", certain=True)) == ["b failed", "send d #1"]


def test_a_certain_no_ends_the_step_and_skips_what_needs_it():
    talk = Talk(a_step("a"), a_step("b", "a"), a_step("c", "b"), a_step("d"))
    talk.hears(Begun())
    assert talk.hears(Failed("a", 1, "403", certain=True, again=True)) == ["a failed", "b skipped", "c skipped"]
    assert talk.detail("a") == "403"
    assert "did not succeed" in talk.detail("b")
    assert talk.state("d") is SENDING


def test_what_is_repeatable_is_sent_again_after_growing_waits():
    talk = Talk(a_step("a", retries=2))
    talk.hears(Begun())
    assert talk.hears(Failed("a", 1, "429", certain=True, again=True)) == ["send a #2 after 2 s"]
    assert talk.detail("a") == "trying again: 429"
    assert talk.hears(Failed("a", 2, "429", certain=True, again=True)) == ["send a #3 after 4 s"]
    assert talk.hears(Failed("a", 3, "429", certain=True, again=True)) == ["a failed"]


def test_a_no_that_another_try_cannot_help_is_not_tried_again():
    talk = Talk(a_step("a", retries=2))
    talk.hears(Begun())
    assert talk.hears(Failed("a", 1, "403", certain=True)) == ["a failed"]


@pytest.mark.parametrize("silence", [Failed("a", 1, "connection lost", certain=False, again=True), TimedOut("a", 1)])
def test_silence_is_looked_into_and_may_turn_out_well(silence):
    talk = Talk(a_step("a", retries=2))
    talk.hears(Begun())
    answer = talk.hears(silence)
    assert answer[-1] == "watch a #1 for 30 s"
    assert ("abandon a #1" in answer) == isinstance(silence, TimedOut)
    assert talk.state("a") is LOOKING
    assert talk.hears(Seen("a", 1)) == ["a done"]


def test_silence_after_which_nothing_is_seen_ends_an_unrepeatable_step_with_both_reasons():
    talk = Talk(a_step("a"))
    talk.hears(Begun())
    talk.hears(TimedOut("a", 1))
    assert talk.hears(NotSeen("a", 1, "state is running")) == ["a failed"]
    assert talk.detail("a") == "no answer within 9 s; looked at the cloud: state is running"


def test_silence_after_which_nothing_is_seen_is_tried_again_where_that_is_harmless():
    talk = Talk(a_step("a", retries=1))
    talk.hears(Begun())
    talk.hears(Failed("a", 1, "lost", certain=False, again=True))
    assert talk.hears(NotSeen("a", 1, "state is running")) == ["send a #2 after 2 s"]


def test_an_effect_that_never_shows_is_a_failure_and_never_sent_again():
    talk = Talk(a_step("a", retries=2))
    talk.hears(Begun())
    talk.hears(Accepted("a", 1))
    assert talk.hears(NotSeen("a", 1, "state is stopping")) == ["a failed"]
    assert talk.detail("a") == "accepted, but state is stopping after 30 s"


def test_stop_cancels_what_has_not_begun_and_sees_the_rest_through():
    talk = Talk(a_step("a", retries=2), a_step("b", "a"), a_step("c"), width=1)
    talk.hears(Begun())
    assert talk.hears(Cancelled("mona")) == ["b cancelled", "c cancelled"]
    assert talk.detail("c") == "stopped by mona"
    assert talk.state("a") is SENDING
    assert talk.hears(Failed("a", 1, "429", certain=True, again=True)) == ["a failed"], "nothing is begun anew after Stop"


def test_stop_lets_what_was_accepted_end():
    talk = Talk(a_step("a"))
    talk.hears(Begun())
    talk.hears(Accepted("a", 1))
    assert talk.hears(Cancelled("mona")) == []
    assert talk.hears(Seen("a", 1)) == ["a done"]


@pytest.mark.parametrize(
    "late", [Accepted("a", 1), Failed("a", 1, "x", certain=True), Failed("a", 1, "x", certain=False), Seen("a", 1), NotSeen("a", 1, "x"), TimedOut("a", 1)]
)  # fmt: skip
def test_a_late_word_of_an_earlier_attempt_changes_nothing(late):
    talk = Talk(a_step("a", retries=1), a_step("b", "a"))
    talk.hears(Begun())
    talk.hears(Failed("a", 1, "429", certain=True, again=True))
    before = talk.run
    assert talk.hears(late) == []
    assert talk.run == before


@pytest.mark.parametrize("stray", [Seen("z", 1), Accepted("a", 0), Accepted("a", 7)])
def test_a_word_about_nothing_changes_nothing(stray):
    talk = Talk(a_step("a"))
    talk.hears(Begun())
    before = talk.run
    assert (talk.hears(stray), talk.run) == ([], before)


# state -> event -> state after; what is not here changes nothing
TABLE = {
    SENDING: {"accepted": SETTLING, "no": FAILED, "silence": LOOKING, "timeout": LOOKING},
    SETTLING: {"seen": DONE, "not seen": FAILED},
    LOOKING: {"seen": DONE, "not seen": FAILED},
    DONE: {},
    FAILED: {},
    CANCELLED: {},
    SKIPPED: {},
}
EVENTS: dict[str, Event] = {
    "accepted": Accepted("a", 1),
    "no": Failed("a", 1, "no", certain=True),
    "silence": Failed("a", 1, "lost", certain=False),
    "timeout": TimedOut("a", 1),
    "seen": Seen("a", 1),
    "not seen": NotSeen("a", 1, "nothing"),
}
ROADS: dict[StepState, list[Event]] = {
    SENDING: [Begun()],
    SETTLING: [Begun(), EVENTS["accepted"]],
    LOOKING: [Begun(), EVENTS["silence"]],
    DONE: [Begun(), EVENTS["accepted"], EVENTS["seen"]],
    FAILED: [Begun(), EVENTS["no"]],
    CANCELLED: [Cancelled("mona")],
}


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("state", ROADS)
def test_the_whole_table(state, event):
    talk = Talk(a_step("a"))
    for earlier in ROADS[state]:
        talk.hears(earlier)
    assert talk.state("a") is state
    talk.hears(EVENTS[event])
    assert talk.state("a") is TABLE[state].get(event, state)


def test_a_skipped_step_stays_skipped():
    talk = Talk(a_step("z"), a_step("a", "z"))
    talk.hears(Begun())
    talk.hears(Failed("z", 1, "no", certain=True))
    for event in EVENTS.values():
        assert talk.hears(event) == []
    assert talk.state("a") is SKIPPED


def test_after_a_kill_what_was_sent_is_looked_at_and_the_rest_is_cancelled():
    steps = [a_step("a"), a_step("b", "a"), a_step("c", "b"), a_step("d", retries=3)]
    run, commands = resume(steps, {"a": (DONE, "")}, {"a": 1, "b": 1, "d": 2}, 8)
    assert [word(command) for command in commands] == ["watch b #1 for 30 s", "c cancelled", "watch d #2 for 30 s"]
    assert {id_: one.state for id_, one in run.steps.items()} == {"a": DONE, "b": LOOKING, "c": CANCELLED, "d": LOOKING}
    run, commands = advance(run, Seen("b", 1))
    assert [word(command) for command in commands] == ["b done"]
    run, commands = advance(run, NotSeen("d", 2, "nothing shows"))
    assert [word(command) for command in commands] == ["d failed"], "never sent again, though it may be repeated"
    assert run.steps["d"].detail == "the answer was lost; looked at the cloud: nothing shows"
    assert run.over


def test_after_a_kill_at_the_very_end_nothing_is_left_to_do():
    run, commands = resume([a_step("a")], {"a": (FAILED, "no")}, {"a": 1}, 8)
    assert run.over
    assert commands == ()
    assert (run.steps["a"].state, run.steps["a"].detail, run.steps["a"].attempt) == (FAILED, "no", 1)


# --- under any order of events


@st.composite
def a_plan(draw: st.DrawFn) -> tuple[list[Step], int]:
    steps: list[Step] = []
    for number in range(draw(st.integers(1, 6))):
        needs = draw(st.lists(st.sampled_from([one.id for one in steps]), unique=True, max_size=3)) if steps else []
        steps.append(a_step(f"s{number}", *needs, retries=draw(st.integers(0, 2))))
    return steps, draw(st.integers(1, 4))


def an_event(ids: list[str]) -> st.SearchStrategy[Event]:
    step, attempt, flag = st.sampled_from(ids), st.integers(0, 4), st.booleans()
    return st.one_of(
        st.builds(Accepted, step, attempt),
        st.builds(Failed, step, attempt, st.just("why"), flag, flag),
        st.builds(Seen, step, attempt),
        st.builds(NotSeen, step, attempt, st.just("why")),
        st.builds(TimedOut, step, attempt),
        st.builds(Cancelled, st.just("mona")),
        st.just(Begun()),
    )


def fits(before: Run, after: Run) -> None:
    """What must hold between any two moments."""
    under_way = [one for one in after.steps.values() if one.state in UNDER_WAY]
    assert len(under_way) <= after.width
    for one in after.steps.values():
        earlier = before.steps[one.step.id]
        assert earlier.state not in OVER or earlier == one, "what is over stays as it is"
        assert earlier.attempt <= one.attempt <= one.step.retries + 1
        if one.attempt:
            assert all(after.steps[need].state is DONE for need in one.step.needs), "begun before its needs were done"


def the_end(talk: Talk, outcomes: st.DataObject) -> None:
    """Answers every step under way until the run is over."""
    for _ in range(200):
        if talk.run.over:
            return
        one = next(one for one in talk.run.steps.values() if one.state in UNDER_WAY)
        answers: list[Event] = (
            [
                Accepted(one.step.id, one.attempt),
                TimedOut(one.step.id, one.attempt),
                Failed(one.step.id, one.attempt, "x", certain=True, again=True),
            ]
            if one.state is SENDING
            else [Seen(one.step.id, one.attempt), NotSeen(one.step.id, one.attempt, "x")]
        )
        before = talk.run
        talk.hears(outcomes.draw(st.sampled_from(answers)))
        fits(before, talk.run)
    raise AssertionError("the run never ends")


@settings(max_examples=150, deadline=None)
@given(a_plan(), st.data())
def test_whatever_happens_in_whatever_order(made, data):
    steps, width = made
    talk = Talk(*steps, width=width)
    talk.hears(Begun())
    for event in data.draw(st.lists(an_event([one.id for one in steps]), max_size=30)):
        before = talk.run
        talk.hears(event)
        fits(before, talk.run)
        if isinstance(event, Accepted | Failed | Seen | NotSeen | TimedOut) and before.steps[event.step].attempt != event.attempt:
            assert talk.run == before, "a word of another attempt changed something"
    the_end(talk, data)
    sent = [(command.step.id, command.attempt) for command in talk.said if isinstance(command, Send)]
    assert len(sent) == len(set(sent)), "an attempt was sent twice"
    for one in steps:
        assert len([id_ for id_, _ in sent if id_ == one.id]) <= one.retries + 1
    settled = [command.step.id for command in talk.said if isinstance(command, Settle)]
    assert sorted(settled) == sorted(one.id for one in steps), "each step is written down as over, once"
    assert all(one.state is not WAITING for one in talk.run.steps.values())
