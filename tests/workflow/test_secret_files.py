"""Secrets: read where their owner alone can, and told of without a letter of them."""

import os

import msgspec
import pytest

from tests.scheduler.outlets import KEY, TARGET, mailing, secret
from workflow import secret_files
from workflow.config import Webhook, WebhookTarget
from workflow.errors import EnvironmentFaultError

WORDS = f"arende@exempel.se\n{KEY}\n"


def told(call, *arguments):
    with pytest.raises(EnvironmentFaultError) as error:
        call(*arguments)
    assert KEY not in str(error.value)
    assert "\n" not in str(error.value)
    return str(error.value)


def configured(directory, credentials="inloggning", key="nyckel"):
    settings = mailing(directory, 25, credentials=credentials)
    webhook = Webhook(["b.se"], targets=[WebhookTarget(TARGET, "https://b.se/", key)])
    return msgspec.structs.replace(settings, config=msgspec.structs.replace(settings.config, webhook=webhook))


def test_what_is_private_is_read(tmp_path):
    secret(tmp_path, "inloggning", WORDS)
    secret(tmp_path, "nyckel", f"{KEY}\n", 0o400)
    settings = configured(tmp_path)
    secret_files.require_private(settings)
    assert secret_files.credentials(settings) == ("arende@exempel.se", KEY)
    assert secret_files.signing_key(settings, settings.config.webhook.targets[0]) == KEY.encode()


@pytest.mark.parametrize("mode", [0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o644, 0o777])
@pytest.mark.parametrize("shared", ["inloggning", "nyckel"])
def test_what_others_can_read_or_change_is_refused_with_what_to_do(tmp_path, mode, shared):
    secret(tmp_path, "inloggning", WORDS)
    secret(tmp_path, "nyckel", KEY)
    (tmp_path / shared).chmod(mode)
    said = told(secret_files.require_private, configured(tmp_path))
    path = tmp_path / shared
    assert said == f"Filen {path} med en hemlighet kan läsas av andra än sin ägare. Kör: chmod 600 {path}"


def test_what_is_not_there_is_told_of(tmp_path):
    said = told(secret_files.require_private, configured(tmp_path))
    assert said.startswith(f"Filen {tmp_path / 'inloggning'} med en hemlighet kan inte läsas (den finns inte).")


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_told_of_and_waited_for_by_nobody(tmp_path, make):
    make(tmp_path / "inloggning", 0o600)
    assert told(secret_files.read, tmp_path / "inloggning").endswith("ange en fil med hemligheten.")


@pytest.mark.parametrize("words", ["", "bara namn\n", "\nlösenord\n", "a\nb\nc\n", "namn\nlösen\n"])
def test_a_login_is_two_lines_in_ascii(tmp_path, words):
    secret(tmp_path, "inloggning", words)
    said = told(secret_files.credentials, configured(tmp_path))
    assert said.endswith("användarnamnet på första raden och lösenordet på andra, utan å, ä och ö. Skriv om den.")


def test_a_short_key_is_refused(tmp_path):
    secret(tmp_path, "nyckel", f"{KEY[1:]}\n\n")
    settings = configured(tmp_path)
    said = told(secret_files.signing_key, settings, settings.config.webhook.targets[0])
    assert said.endswith("den ska ha minst 32 tecken. Gör en ny: openssl rand -hex 32")


def test_what_is_no_text_or_no_end_of_it_is_refused(tmp_path):
    secret(tmp_path, "stor", "x" * (secret_files.LARGEST + 1))
    assert "för stor" in told(secret_files.read, tmp_path / "stor")
    secret(tmp_path, "annat", "")
    (tmp_path / "annat").write_bytes(b"\xff\xfe")
    assert "inte text i UTF-8" in told(secret_files.read, tmp_path / "annat")


def test_systemds_credentials_are_read_though_their_group_seems_to(tmp_path, monkeypatch):
    path = tmp_path / secret(tmp_path, "nyckel", KEY, 0o440)
    assert "chmod 600" in told(secret_files.read, path)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert secret_files.read(path) == KEY
    path.chmod(0o444)
    assert "chmod 600" in told(secret_files.read, path)
