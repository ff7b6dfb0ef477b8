"""Real cases replayed through the CLI on their real dates, and compared with what the real protocols say.

The documents come with the samples. What they do not tell (when the kallelse went out, how MBL was dealt with)
is entered as missing, as a registrator who enters old protocols would do.
"""

import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROJECT
from tests.end_to_end import replay
from tests.end_to_end.replay import Protocol, Registrator
from tests.workflow.cli.office import arende, done
from workflow.cli import main

SAMPLES = os.environ.get("ARENDE_SAMPLES")

if SAMPLES:
    FOLDER = Path(SAMPLES) / "extra"
    CHAINS, PROTOCOLS = replay.chains(FOLDER), replay.protocols(FOLDER)
    PARAGRAPHS = [(protocol, told) for protocol in PROTOCOLS for told in protocol.paragraphs]

    class NewYearsEve(datetime):
        """The day everything is entered, after all of it."""

        @classmethod
        def now(cls, tz: object = None) -> "NewYearsEve":
            return cls(2026, 12, 31, 8, tzinfo=UTC)

    def config() -> str:
        """Ours, with the bodies of the documents and the members they name."""
        ours = (PROJECT / "config.toml").read_text(encoding="utf-8")
        start, end = ours.index("\n[[bodies]]") + 1, ours.index("\n[[people]]") + 1
        members = "".join(replay.members_toml(protocol) for protocol in PROTOCOLS)
        return ours[:start] + replay.bodies_toml() + members + ours[end:]

    @pytest.fixture(scope="module")
    def entered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registrator]:
        """One municipality where every document has been entered."""
        directory = tmp_path_factory.mktemp("replay")
        (directory / "config.toml").write_text(config(), encoding="utf-8")
        told = [*map(replay.of_chain, CHAINS), *map(replay.of_protocol, PROTOCOLS)]
        since = {
            chain["dnr"]: (chain["rubrik"], min(date.fromisoformat(step["date"]) for step in _of_case(chain)))
            for chain in CHAINS
        }
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(directory)
            patch.setattr(main, "datetime", NewYearsEve)
            done("database", "upgrade")
            registrator = Registrator(replay.together([sitting for own in told for sitting in own]), since)
            registrator.enter(PROTOCOLS)
            yield registrator

    def _of_case(chain: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        return [step for step in chain["steps"] if "tidigare" not in step["event"]]

    def the_paragraph(registrator: Registrator, protocol: Protocol, told: Mapping[str, Any]) -> dict[str, Any]:
        """What we have of a §."""
        meeting = f"{protocol.body} {protocol.on}"
        agenda = registrator.show(told["dnr"])["agenda"]
        found: dict[str, Any] = next(item for item in agenda if item["meeting"] == meeting)
        return found

    every_paragraph = pytest.mark.parametrize(
        ("protocol", "told"), PARAGRAPHS, ids=[f"{protocol.meeting} {told['nr']}" for protocol, told in PARAGRAPHS]
    )

    @pytest.mark.parametrize("chain", CHAINS, ids=[chain["dnr"] for chain in CHAINS])
    def test_a_case_went_the_way_the_documents_tell(entered: Registrator, chain: Mapping[str, Any]) -> None:
        told = [(f"{one.body} {one.on}", one.paragraph) for one in replay.of_chain(chain)]
        ours = [(item["meeting"], item["paragraph"]) for item in entered.show(chain["dnr"])["agenda"]]
        numbered = {meeting for meeting, paragraph in told if paragraph is not None}
        assert [(meeting, number if meeting in numbered else None) for meeting, number in ours] == told

    @every_paragraph
    def test_a_paragraph_has_its_number_and_its_title(
        entered: Registrator, protocol: Protocol, told: Mapping[str, Any]
    ) -> None:
        case = entered.show(told["dnr"])
        assert case["rubrik"] == told["rubrik"]
        assert the_paragraph(entered, protocol, told)["paragraph"] == told["nr"]
        assert [one["name"] for one in case["recipients"]] == told["recipients"]

    @every_paragraph
    def test_a_paragraph_was_decided_as_the_protocol_says(
        entered: Registrator, protocol: Protocol, told: Mapping[str, Any]
    ) -> None:
        item = the_paragraph(entered, protocol, told)
        if told["outcome"] == "remiss":
            assert item["outcome"] == "remitterad"
            assert item["decisions"] == []
            return
        (decision,) = item["decisions"]
        matter = replay.MATTERS.get(told["outcome"])
        assert (decision["outcome"], decision["matter"]) == ("bifall", matter)
        assert decision["target"] == ("foreslar_kf" if told["to"] else "egen_del")

    @every_paragraph
    def test_a_paragraph_has_its_votes_and_reservations(
        entered: Registrator, protocol: Protocol, told: Mapping[str, Any]
    ) -> None:
        item = the_paragraph(entered, protocol, told)
        counted = [{"ja": one["yes"], "nej": one["no"], "avstår": one["abstained"]} for one in item["votes"]]
        assert counted == ([told["votes"]] if told["votes"] else [])
        reserving = [one["name"] for one in item["minutes"] if one["kind"] == "reservation"]
        assert reserving == told["reservations"]

    @every_paragraph
    def test_a_paragraph_was_adjusted_and_sent_when_it_was_signed(
        entered: Registrator, protocol: Protocol, told: Mapping[str, Any]
    ) -> None:
        signed = protocol.signed_on.isoformat()
        assert the_paragraph(entered, protocol, told)["adjusted_on"] == signed
        if told.get("omedelbar_justering"):
            assert protocol.signed_on == protocol.on
        if told["outcome"] != "remiss":
            assert {one["sent_on"] for one in entered.show(told["dnr"])["recipients"]} == {signed}

    def test_what_was_not_in_the_extracts_has_its_numbers_too(entered: Registrator) -> None:
        for protocol in PROTOCOLS:
            meeting, told = json.loads(done("meeting", "show", protocol.meeting, "--json")), protocol.paragraphs
            assert [one["paragraph"] for one in meeting["items"]] == [*range(told[0]["nr"], told[-1]["nr"] + 1)]
            assert {one["name"] for one in meeting["attendance"]} == set(protocol.voters)

    def test_the_log_is_whole_and_tells_what_the_database_holds(entered: Registrator) -> None:
        assert arende("audit", "verify").code == 0
        assert arende("audit", "diff").code == 0
