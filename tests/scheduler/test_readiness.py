"""What stops the daemon before anything is sent."""

from datetime import date

import msgspec
import pytest

from scheduler import readiness
from tests.scheduler.outlets import secret, webhook
from workflow.config import Email
from workflow.errors import EnvironmentFaultError

TODAY = date(2026, 3, 3)


def refused(desk, **sections):
    config = msgspec.structs.replace(desk.settings.config, **sections)
    with pytest.raises(EnvironmentFaultError) as error:
        readiness.refuse_to_start(msgspec.structs.replace(desk.settings, config=config), TODAY)
    return str(error.value)


def test_nothing_is_sent_with_a_login_that_others_can_read(desk, tmp_path):
    secret(tmp_path, "inloggning", "arende\nh3ml1gt\n", 0o640)
    email = Email("localhost", sender="arende@exempel.se", credentials="inloggning")
    path = tmp_path / "inloggning"
    said = f"Filen {path} med en hemlighet kan läsas av andra än sin ägare. Kör: chmod 600 {path}"
    assert refused(desk, email=email) == said


def test_nothing_is_sent_with_a_key_that_others_can_read(desk, tmp_path):
    known = webhook(tmp_path, 443, None)
    (tmp_path / "nyckel").chmod(0o604)
    assert refused(desk, webhook=known).endswith(f"Kör: chmod 600 {tmp_path / 'nyckel'}")


def test_with_secrets_of_its_own_it_starts(desk, tmp_path):
    config = msgspec.structs.replace(desk.settings.config, webhook=webhook(tmp_path, 443, None))
    readiness.refuse_to_start(msgspec.structs.replace(desk.settings, config=config), TODAY)
