"""The field's own samples with their ground truth, where a folder of them is at hand (ARENDE_SAMPLES)."""

import importlib.util
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.workflow.document_intake.placed import misplaced, not_told, of
from workflow.document_intake.interface import Field, Skrivelse, Sureness, weakest
from workflow.document_intake.readers.formats import read_document
from workflow.document_intake.tjansteskrivelse import as_answer, read_tjansteskrivelse

SAMPLES = os.environ.get("ARENDE_SAMPLES")

if SAMPLES:
    FOLDER = Path(SAMPLES)

    def _rules() -> ModuleType:
        spec = importlib.util.spec_from_file_location("sample_rules", FOLDER / "score.py")
        assert spec is not None
        assert spec.loader is not None
        rules = importlib.util.module_from_spec(spec)
        before, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # the folder may be read-only
        try:
            spec.loader.exec_module(rules)
        finally:
            sys.dont_write_bytecode = before
        return rules

    def _shares() -> dict[str, list[float]]:
        """By kind of document and by family of formats, each document's share of right fields."""
        rules = _rules()
        shares: dict[str, list[float]] = {}
        for entry in json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))["documents"]:
            share = _share(rules, entry)
            for group in ("all", entry["kind"], entry["family"]):
                shares.setdefault(group, []).append(share)
        return shares

    def _share(rules: ModuleType, entry: dict[str, Any]) -> float:
        answer = as_answer(read_tjansteskrivelse(read_document((FOLDER / entry["file"]).read_bytes()).text))
        points = [rules.score_field(name, entry["truth"], answer) for name in rules.FIELDS]
        return float(sum(points)) / len(points)

    def test_the_seeds_are_read_without_a_fault_and_the_rest_nearly_so():
        shares = _shares()
        assert set(shares["seed"]) == {1.0}
        assert _mean(shares["all"]) >= 0.97
        assert _mean(shares["real"]) >= 0.95
        assert _mean(shares["ocr"]) >= 0.90

    def _mean(shares: list[float]) -> float:
        return sum(shares) / len(shares)

    SCORED = {
        "proposals": Field.ATT_SATS,
        "recipients": Field.RECIPIENT,
        "signatories": Field.SIGNATORY,
        "placeholders": Field.PLACEHOLDER,
    }

    def _read() -> Iterator[tuple[dict[str, Any], str, Skrivelse]]:
        for entry in json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))["documents"]:
            text = read_document((FOLDER / entry["file"]).read_bytes())
            yield entry, text.text, read_tjansteskrivelse(text.text, scanned=text.scanned)

    def test_every_field_of_every_sample_stands_on_the_lines_it_is_said_to_stand_on():
        for entry, text, read in _read():
            assert (entry["id"], list(misplaced(text, read)), list(not_told(read))) == (entry["id"], [], [])

    def test_no_wrong_field_of_a_sample_is_called_sure():
        rules = _rules()
        right: Counter[tuple[Sureness, bool]] = Counter()
        for entry, _, read in _read():
            answer = as_answer(read)
            for name in rules.FIELDS:
                sure = weakest(of(read, SCORED.get(name) or Field(name)))
                right[sure, rules.score_field(name, entry["truth"], answer) == 1.0] += 1
        assert right[Sureness.SAKER, False] == 0
        # Whoever is sure of nothing is never wrong either.
        assert right[Sureness.SAKER, True] > sum(right.values()) / 2
