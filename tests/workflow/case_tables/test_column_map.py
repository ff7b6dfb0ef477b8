"""The map of a table: what is wrong with one is said with what to write instead."""

import os
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from workflow.case_tables.column_map import ColumnMap, load, strptime_format
from workflow.errors import UsageError

LEAST = 'skal = "Överfört."\n[kolumner]\ndiarienummer = "Dnr"\nrubrik = "Mening"\n'


def written(directory: Path, text: str) -> ColumnMap:
    file = directory / "karta.toml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def test_two_columns_and_a_reason_are_a_map(tmp_path: Path) -> None:
    found = written(tmp_path, LEAST)
    assert (found.kolumner.diarienummer, found.kolumner.instans) == ("Dnr", "")
    assert found.konstanter.slag == "forvaltningsarende"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "karta.toml")
    with pytest.raises(UsageError, match="Det är ingen vanlig fil"):
        load(tmp_path / "karta.toml")


def test_their_words_are_found_whatever_their_capitals_and_spaces(tmp_path: Path) -> None:
    found = written(tmp_path, f'{LEAST}[varden.lage]\n"Hos  KS" = "ks"\n')
    assert [found.meaning("lage", text) for text in ("hos ks", " HOS KS ", "Hos KF")] == ["ks", "ks", "Hos KF"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (LEAST.replace("rubrik", "rubrikk"), "okänd inställning kolumner.rubrikk. Menade du rubrik?"),
        (f'{LEAST}[varden.lagge]\n"a" = "b"\n', "okänd inställning varden.lagge. Menade du lage?"),
        (f"{LEAST}[konstant]\n", "okänd inställning konstant. Menade du konstanter?"),
        (
            f'{LEAST}[[hoppa_over]]\nkolumn = "a"\nvarde = ["b"]\n',
            "okänd inställning hoppa_over.varde. Menade du varden?",
        ),
        (LEAST.replace('rubrik = "Mening"', ""), "inställningen kolumner.rubrik saknas."),
        (LEAST.replace('"Mening"', "3"), "inställningen kolumner.rubrik har fel värde; det ska vara en text."),
        (LEAST.replace("Överfört.", " "), "ange skal, varför ärendena registreras först nu."),
        (LEAST.replace('skal = "Överfört."', ""), "inställningen skal saknas."),
        (f'{LEAST}[fil]\ndatum = ["DD/MM"]\n', "fil.datum DD/MM ska ha år, månad och dag, till exempel DD/MM/ÅÅÅÅ."),
        ('skal = "Överfört.\n', "rad 1: filen är inte giltig TOML."),
    ],
)
def test_what_is_wrong_is_said_with_what_to_write(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        written(tmp_path, text)
    assert str(error.value).startswith("karta.toml")
    assert told in str(error.value)
    assert str(error.value).endswith("Inget är sparat.")


def test_a_map_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="den finns inte"):
        load(tmp_path / "ingen.toml")
    (tmp_path / "karta.toml").write_bytes(b"skal = '\xe4'")
    with pytest.raises(UsageError, match="inte skriven i UTF-8"):
        load(tmp_path / "karta.toml")


@pytest.mark.parametrize(
    ("form", "python"), [("ÅÅÅÅ-MM-DD", "%Y-%m-%d"), ("DD/MM/ÅÅÅÅ", "%d/%m/%Y"), ("ÅÅMMDD", "%y%m%d")]
)
def test_a_form_of_dates_is_written_in_swedish(form: str, python: str) -> None:
    assert strptime_format(form, "karta.toml") == python


def test_our_own_map_is_one() -> None:
    assert load(PROJECT / "examples" / "oppna-arenden.toml").skal
