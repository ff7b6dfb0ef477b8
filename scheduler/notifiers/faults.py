"""Why something did not get out."""

from enum import StrEnum


class Fault(StrEnum):
    """Codes of our own; the peer's are its three digits. Its words are kept nowhere: they may name people."""

    NO_ADDRESS = "no_address"  # the mailbox was taken out of config.toml; it may come back
    BAD_ADDRESS = "bad_address"
    NO_TARGET = "no_target"  # the webhook was taken out
    BAD_SETTING = "bad_setting"  # nothing can go out under the settings as they are
    BAD_KEY = "bad_key"  # the file with the password or the key is not there, or others can read it
    BAD_CERTIFICATE = "bad_certificate"  # it is somebody else than whom we asked for, or nobody we trust
    NOT_ENCRYPTED = "not_encrypted"  # no encryption could be agreed on
    LOGIN_REFUSED = "login_refused"
    FORBIDDEN_ADDRESS = "forbidden_address"  # the name leads into the house, which config.toml does not allow
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    BAD_ANSWER = "bad_answer"  # it does not speak the protocol
