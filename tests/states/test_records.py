"""A record's canonical content, and the fold that makes tables of records."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.records import FORMAT, GENESIS, RECORD_TYPES, Change, Record, apply, changes_of, insert, update

RECORD = Record(
    stream="case:1",
    seq=2,
    type="case.advanced",
    event_date="2024-05-02",
    recorded_at="2024-05-02T08:00:00.000000Z",
    actor="p-1",
    role="registrator",
    command_id="c-1",
    version=2,
    lifecycle=1,
    config="0" * 64,
    prev=GENESIS,
    seen={"m-1": 3},
    data={"from": "draft", "to": "mbl"},
    payloads=("a" * 64,),
    changes=(insert("stage", id="s-1", body="SON"), update("cases", id="1", version=2)),
)
IDS = st.sampled_from("abc")
VALUES = st.dictionaries(st.sampled_from(["x", "y"]), st.integers(0, 3))
INSERTS = st.builds(
    lambda table, key, row: insert(table, id=key, **row), st.sampled_from(["cases", "stage"]), IDS, VALUES
)


# --- the record ---------------------------------------------------------------------------------------------


def test_a_body_says_everything_the_record_does_and_its_format():
    body = RECORD.body()
    assert body["v"] == FORMAT
    assert set(body) == set(RECORD.__struct_fields__) | {"v"}


def test_a_body_survives_being_written_as_json():
    assert json.loads(json.dumps(RECORD.body())) == RECORD.body()


def test_the_changes_read_back_from_the_log_are_those_that_were_written():
    assert changes_of(json.loads(json.dumps(RECORD.body()))) == RECORD.changes


def test_making_a_body_leaves_the_record_as_it_was():
    body = RECORD.body()
    body["changes"][0][2]["id"] = "another"
    assert RECORD.changes[0].row["id"] == "s-1"


def test_every_type_of_record_is_explained_in_a_swedish_sentence():
    assert [name for name, says in RECORD_TYPES.items() if not says.endswith(".")] == []
    assert {name.partition(".")[0] for name in RECORD_TYPES} == {"system", "case", "meeting", "reminder"}


# --- the fold -----------------------------------------------------------------------------------------------


def test_an_insert_sets_a_whole_row():
    assert apply({}, [insert("cases", id="1", state="draft")]) == {"cases": {"1": {"id": "1", "state": "draft"}}}


def test_an_update_sets_some_columns_and_leaves_the_others():
    before = {"cases": {"1": {"id": "1", "state": "draft", "version": 1}}}
    after = apply(before, [update("cases", id="1", version=2)])
    assert after == {"cases": {"1": {"id": "1", "state": "draft", "version": 2}}}


def test_an_update_to_nothing_is_an_update():
    before = {"cases": {"1": {"id": "1", "stage": "s-1"}}}
    assert apply(before, [update("cases", id="1", stage=None)])["cases"]["1"]["stage"] is None


def test_an_update_of_a_row_that_is_not_there_is_an_error():
    with pytest.raises(KeyError):
        apply({}, [update("cases", id="1", version=2)])


def test_later_changes_see_the_earlier_ones():
    changes = [
        insert("cases", id="1", version=1),
        update("cases", id="1", version=2),
        update("cases", id="1", version=3),
    ]
    assert apply({}, changes)["cases"]["1"]["version"] == 3


def test_the_tables_that_are_folded_onto_are_left_as_they_were():
    before = {"cases": {"1": {"id": "1", "version": 1}}}
    apply(before, [update("cases", id="1", version=2), insert("stage", id="s-1")])
    assert before == {"cases": {"1": {"id": "1", "version": 1}}}


def test_no_changes_change_nothing():
    before = {"cases": {"1": {"id": "1"}}}
    assert apply(before, []) == before


@given(st.lists(INSERTS, max_size=6), st.lists(INSERTS, max_size=6))
def test_folding_in_two_steps_is_folding_in_one(first: list[Change], second: list[Change]):
    assert apply(apply({}, first), second) == apply({}, [*first, *second])


@given(st.lists(INSERTS, max_size=8))
def test_folding_twice_gives_the_same(changes: list[Change]):
    assert apply({}, changes) == apply({}, changes)


@given(st.lists(INSERTS, max_size=8))
def test_every_row_that_was_set_is_there_under_its_id(changes: list[Change]):
    after = apply({}, changes)
    assert all(after[change.table][change.row["id"]]["id"] == change.row["id"] for change in changes)
