"""What is written in any house's layout is what is read from it."""

import os
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.workflow.document_intake.invented import Invented, invented
from tests.workflow.document_intake.layouts import LAYOUTS, pdf, word
from workflow.document_intake.interface import ReadText, Skrivelse
from workflow.document_intake.tjansteskrivelse import read_tjansteskrivelse

LONG = "ARENDE_LONG" in os.environ
SLOW = (word, pdf)  # a file is written and read for each
# What differs is shown whole anyway; making it as small as can be takes minutes.
PHASES = tuple(Phase) if LONG else (Phase.explicit, Phase.reuse, Phase.generate)


def examples(layout: Callable[[Invented], ReadText]) -> int:
    return (300 if LONG else 3) if layout in SLOW else (3000 if LONG else 8)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_what_is_written_is_what_is_read(layout: Callable[[Invented], ReadText]):
    @settings(
        max_examples=examples(layout),
        deadline=None,
        derandomize=not LONG,
        phases=PHASES,
        suppress_health_check=list(HealthCheck),
    )
    @given(invented())
    def holds(skrivelse: Invented) -> None:
        text = layout(skrivelse).text
        assert said(read_tjansteskrivelse(text)) == expected(skrivelse), text

    holds()


def expected(skrivelse: Invented) -> dict[str, object]:
    return {
        "rubrik": alike(skrivelse.rubrik),
        "numbers": skrivelse.numbers,
        "date": skrivelse.date,
        "proposals": [(body, len(decisions)) for body, decisions in skrivelse.proposals],
        "mbl": skrivelse.mbl,
        "recipients": skrivelse.recipients,
        "signatories": tuple(name for name, _ in skrivelse.signatories),
        "underlag": skrivelse.underlag,
        "placeholders": Counter(skrivelse.leftovers),
    }


def said(skrivelse: Skrivelse) -> dict[str, object]:
    return {
        "rubrik": alike(skrivelse.rubrik or ""),
        "numbers": skrivelse.numbers,
        "date": skrivelse.date,
        "proposals": [(proposal.body, len(proposal.att_satser)) for proposal in skrivelse.proposals],
        "mbl": skrivelse.mbl,
        "recipients": skrivelse.recipients,
        "signatories": skrivelse.signatories,
        "underlag": skrivelse.underlag,
        "placeholders": Counter(placeholder.text for placeholder in skrivelse.placeholders),
    }


def alike(rubrik: str) -> str:
    return rubrik.replace("–", "-")  # as the pdf has it
