"""docs/webhook.md: what it promises a receiver is what is sent, and its program knows our calls from others'."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from scheduler.notifiers import webhook
from scheduler.notifiers.interface import PutOff, Refused, Sent
from scheduler.notifiers.webhook import ID, MOST_READ, SIGNATURE, WebhookNotifier
from scheduler.reminder_message import Occasion, Told, letter
from states import legal_basis
from states.deadlines import DeadlineKind
from tests.conftest import PROJECT
from tests.end_to_end.certificates import Certificate
from tests.end_to_end.webhook_server import Request, webhook_server
from tests.scheduler import outlets
from tests.scheduler.outlets import KEY, TARGET

PAGE = (PROJECT / "docs" / "webhook.md").read_text(encoding="utf-8")
AT, DAY = datetime(2021, 3, 8, 7, 30, tzinfo=UTC), date(2021, 3, 8)
NOW = AT.timestamp()
WATCH = Told(
    kind=DeadlineKind.BEVAKNING,
    due=DAY,
    act_by=DAY,
    basis=legal_basis.WATCH,
    ref="SON 2021-43",
    is_meeting=False,
    title="Sommarstugan i Kisa",
    command="arende watch done SON-2021-43 2",
)

Genuine = Callable[[bytes, str, bytes, float], bool]


@pytest.fixture(scope="module")
def genuine() -> Genuine:
    """The program on the page."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    function: Genuine = names["genuine"]
    return function


@pytest.fixture
def call(tmp_path: Path, certificate: Certificate) -> Request:
    """A call as a receiver has it."""
    occasion = Occasion(recipient=TARGET, rule="bevakning", step="1/1", planned_for=DAY, today=DAY)
    with webhook_server(certificate) as server:
        settings = outlets.settings(tmp_path, webhook=outlets.webhook(tmp_path, server.port, certificate.authority))
        answer = WebhookNotifier(settings, TARGET).send(lambda: letter("ab" * 32, WATCH, occasion), AT)
        assert answer == Sent()
        (request,) = server.requests
    return request


def first_cells(heading: str) -> list[str]:
    """The first column of the table below a heading."""
    (table,) = re.findall(rf"\| {heading} \|.*?\n\| --- .*?\n((?:\|.*\n)+)", PAGE)
    return [row.split("|")[1].strip() for row in table.splitlines()]


def test_the_page_names_every_field_and_header_of_a_call(call: Request) -> None:
    body = json.loads(call.body)
    assert first_cells("field") == [f"`{field}`" for field in ("id", *letter_fields())]
    assert sorted(body) == sorted(["id", *letter_fields()])
    assert all(isinstance(value, str) for value in body.values())
    ours = {"Content-Type", "User-Agent", ID, SIGNATURE}
    assert {cell.strip("`") for cell in first_cells("header")} == ours
    assert set(call.headers) - ours == {"Host", "Accept-Encoding", "Content-Length"}


def letter_fields() -> list[str]:
    occasion = Occasion(recipient=TARGET, rule="bevakning", step="1/1", planned_for=DAY, today=DAY)
    return list(letter("ab" * 32, WATCH, occasion).facts)


def test_the_pages_program_takes_our_call_for_genuine(genuine: Genuine, call: Request) -> None:
    for late in (-299, 0, 299):
        assert genuine(KEY.encode(), call.headers[SIGNATURE], call.body, NOW + late)


def test_the_pages_program_takes_no_other_for_genuine(genuine: Genuine, call: Request) -> None:
    signature, key = call.headers[SIGNATURE], KEY.encode()
    _, given = signature.split(",")
    assert not genuine(key, signature, call.body + b" ", NOW)
    assert not genuine(key, signature, call.body.replace(b"SON", b"KSN"), NOW)
    assert not genuine(b"n" * 32, signature, call.body, NOW)
    for late in (-301, 301, 10**9):
        assert not genuine(key, signature, call.body, NOW + late)
    assert not genuine(key, f"t={int(NOW) + 1},{given}", call.body, NOW)


@pytest.mark.parametrize(
    "signature", ["", ",", "t=", "t=1,v1=", "v1=ab", "t=å,v1=å", "t=²,v1=a", f"t={'9' * 5000},v1=a", "t=-1,v1=a", "=,="]
)
def test_the_pages_program_is_not_upset_by_anything(genuine: Genuine, signature: str) -> None:
    assert genuine(KEY.encode(), signature, b"{}", NOW) is False


def statuses(cell: str) -> Iterator[int]:
    for part in cell.split(", "):
        first, dash, last = part.partition("–")
        yield from range(int(first), int(last or 699) + 1) if dash else (int(first),)


def test_the_page_says_what_each_status_means() -> None:
    told, again, away, misled, elsewhere, given_up = first_cells("status")
    found = {status: webhook._answered(status) for status in range(100, 700)}
    assert all(found.pop(status) == Sent() for status in statuses(told))
    assert all(found.pop(status) == PutOff(str(status), counted=True) for status in statuses(again))
    for cell in (away, misled, elsewhere):
        assert all(found.pop(status) == PutOff(str(status), unreachable=True) for status in statuses(cell))
    assert all(found.pop(status) == Refused(str(status)) for status in statuses(given_up))
    assert found == {}
    assert f"At most {MOST_READ // 1024} KiB" in PAGE
