"""The figures: Prometheus' own reader understands them, in the file and at the port."""

import http.client
import os
import re
import socket
import stat
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from scheduler import metrics, metrics_port
from scheduler.metrics import METRICS, Figures
from tests.conftest import PROJECT
from tests.workflow.test_heartbeats import hold
from workflow import outbox_figures, reminder_store
from workflow.desk import Desk
from workflow.errors import EnvironmentFaultError
from workflow.outbox_figures import Closed, OutboxFigures, Waiting

Sample = tuple[str, tuple[tuple[str, str], ...]]
HOSTILE = 'webhook:"x"\\\n{y}'
BUSY = Figures(
    config="c" * 64,
    tick_seconds=60,
    rounds={"done": 7, "failed": 2},
    reminders={"sent": 12, "put_off": 3, "late": 4},
    exported=40,
    jumps=2,
    last_jump=-3600,
    ended_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
    seconds=0.25,
    outbox=OutboxFigures(
        waiting=(Waiting("e-post", 5, 4), Waiting(HOSTILE, 1, 0)),
        outlets=("e-post", HOSTILE),
        closed=(Closed(HOSTILE, 5, 60.0),),
        late=3,
        dead=2,
    ),
)


def read(text: str) -> dict[Sample, float]:
    """Every sample, as Prometheus' own client reads it."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_every_figure_is_read_back_as_it_was() -> None:
    found = read(metrics.exposition(BUSY))
    assert found == {
        ("arendegang_daemon_info", (("config", "c" * 64),)): 1,
        ("arendegang_reminders_due", (("outlet", "e-post"),)): 4,
        ("arendegang_reminders_due", (("outlet", HOSTILE),)): 0,
        ("arendegang_reminders_waiting", (("outlet", "e-post"),)): 5,
        ("arendegang_reminders_waiting", (("outlet", HOSTILE),)): 1,
        ("arendegang_reminders_late", ()): 3,
        ("arendegang_reminders_dead", ()): 2,
        ("arendegang_reminders_total", (("outcome", "merged"),)): 0,
        ("arendegang_reminders_total", (("outcome", "skipped"),)): 0,
        ("arendegang_reminders_total", (("outcome", "moot"),)): 0,
        ("arendegang_reminders_total", (("outcome", "failed"),)): 0,
        ("arendegang_reminders_total", (("outcome", "sent"),)): 12,
        ("arendegang_reminders_total", (("outcome", "put_off"),)): 3,
        ("arendegang_reminders_missed_total", ()): 4,
        ("arendegang_breaker_open", (("outlet", "e-post"),)): 0,
        ("arendegang_breaker_open", (("outlet", HOSTILE),)): 1,
        ("arendegang_ticks_total", (("outcome", "done"),)): 7,
        ("arendegang_ticks_total", (("outcome", "failed"),)): 2,
        ("arendegang_tick_timestamp_seconds", ()): datetime(2026, 3, 1, 9, tzinfo=UTC).timestamp(),
        ("arendegang_tick_interval_seconds", ()): 60,
        ("arendegang_tick_duration_seconds", ()): 0.25,
        ("arendegang_clock_jumps_total", ()): 2,
        ("arendegang_clock_jump_seconds", ()): -3600,
        ("arendegang_log_lines_exported_total", ()): 40,
    }


def test_every_figure_has_its_kind_and_its_help_also_when_there_is_nothing_to_tell() -> None:
    families = {family.name: family for family in text_string_to_metric_families(metrics.exposition(Figures()))}
    for metric in METRICS:
        family = families.pop(metric.name.removesuffix("_total"))
        assert (family.type, family.documentation) == (metric.kind, metric.help)
        assert metric.name.endswith("_total") == (metric.kind == "counter")
        assert re.fullmatch(r"arendegang_[a-z_]+", metric.name)
    assert families == {}


def test_the_page_for_those_who_run_it_has_every_figure() -> None:
    page = (PROJECT / "docs" / "drift.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `(arendegang_\w+)` \| (\w+) \| (.+) \|$", page, re.MULTILINE)
    assert told == [(metric.name, metric.kind, metric.help) for metric in METRICS]


def test_what_waits_is_late_or_has_been_given_up_is_counted_in_the_database(desk: Desk) -> None:
    now = reminder_store.database_clock(desk.connection)
    hold(desk, None, now - 1000, "due")
    hold(desk, None, now + 60_000, "later")
    hold(desk, None, now, "dead")
    hold(desk, None, now, "done")
    desk.connection.run("UPDATE reminder SET status = 'failed' WHERE id IN ('dead', 'done')")
    desk.connection.run("UPDATE lease SET next_try = NULL WHERE id IN ('dead', 'done')")
    desk.connection.run("UPDATE deadline SET is_open = :no WHERE stream = 'done'", no=False)
    desk.connection.run("INSERT INTO outlet (id, failures, closed_until) VALUES ('e-post', 5, :at)", at=now + 60_000)
    desk.connection.run("INSERT INTO outlet (id, failures, closed_until) VALUES (:id, 0, NULL)", id="webhook:x")
    assert outbox_figures.read(desk.connection, date(2026, 1, 4)).late == 0  # of that Friday, on the Sunday after it
    found = outbox_figures.read(desk.connection, date(2026, 1, 5))
    assert found.waiting == (Waiting("e-post", 2, 1),)
    assert (found.late, found.dead, found.dead_since) == (2, 1, "2026-01-02")
    assert found.outlets == ("e-post", "webhook:x")
    (closed,) = found.closed
    assert (closed.outlet, closed.failures) == ("e-post", 5)
    assert 50 < closed.seconds <= 60
    assert outbox_figures.read(desk.connection, date(2026, 1, 2)).late == 0


# --- the file -----------------------------------------------------------------------------------------


def test_the_file_is_whole_and_for_everybody_to_read_whatever_the_mask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        metrics.write(tmp_path / "arende.prom", BUSY)
        metrics.write(tmp_path / "arende.prom", BUSY)
    finally:
        os.umask(before)
    assert [path.name for path in tmp_path.iterdir()] == ["arende.prom"]
    assert (tmp_path / "arende.prom").read_text() == metrics.exposition(BUSY)
    assert stat.S_IMODE((tmp_path / "arende.prom").stat().st_mode) == 0o644


# --- the port -----------------------------------------------------------------------------------------


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    with metrics_port.open_at(number, lambda: metrics.exposition(BUSY)):
        yield number


def asked(port: int, method: str, path: str) -> tuple[int, http.client.HTTPMessage, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path)
    answer = connection.getresponse()
    found = answer.status, answer.headers, answer.read().decode()
    connection.close()
    return found


def test_the_port_gives_what_the_file_does(port: int) -> None:
    status, headers, body = asked(port, "GET", "/metrics")
    assert (status, body) == (200, metrics.exposition(BUSY))
    assert headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"


def test_whoever_asks_for_the_head_gets_no_body(port: int) -> None:
    status, headers, body = asked(port, "HEAD", "/metrics")
    assert (status, body) == (200, "")
    assert int(headers["Content-Length"]) == len(metrics.exposition(BUSY).encode())


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/metrics/../config.toml", 404),
        ("POST", "/metrics", 501),
        ("PUT", "/metrics", 501),
        ("DELETE", "/metrics", 501),
    ],
)
def test_nothing_else_is_answered(port: int, method: str, path: str, status: int) -> None:
    assert asked(port, method, path)[0] == status


def test_only_this_machine_can_ask(port: int) -> None:
    with socket.create_server(("127.0.0.2", port)) as other:
        assert other.getsockname() == ("127.0.0.2", port)


def test_a_port_that_is_taken_is_told_of(port: int) -> None:
    with pytest.raises(EnvironmentFaultError, match=rf"Porten {port} på 127\.0\.0\.1 går inte att använda \(någon"):
        metrics_port.open_at(port, str).__enter__()
