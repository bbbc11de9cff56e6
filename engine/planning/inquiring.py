"""A question that the AI server made into words of closed lists, as a selection for the estate. Pure.

The words are untrusted: one that the estate does not know matches nothing, and nothing but looking can come of it.
"""

from __future__ import annotations

from engine.advisor.replies import Inquiry
from engine.estate.where import Where, is_
from engine.request.reading import Selection


def selection_of(inquiry: Inquiry) -> Selection:
    """The filters of a question; one that names nothing at all selects nothing."""
    named = {
        "type": inquiry.types,
        "cloud": inquiry.clouds,
        "environment": inquiry.environments,
        "state": inquiry.states,
        "flag": inquiry.flags,
    }
    filters: tuple[tuple[str, Where], ...] = tuple((field, is_(field, *words)) for field, words in named.items() if words)
    return Selection(filters=filters, noun=bool(inquiry.types))
