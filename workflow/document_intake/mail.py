"""E-mails saved as files (.eml): the document they carry, or else what they say."""

import contextlib
import email
import email.policy
import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage

import msgspec

from workflow.document_intake.blocks import Block, as_text
from workflow.document_intake.faults import told_apart
from workflow.document_intake.folding import fold
from workflow.document_intake.html_text import blocks_of
from workflow.document_intake.interface import DocumentFormat, ReadText, UnreadableDocument
from workflow.document_intake.plain_text import PlainTextReader, cleaned

_HEADER = re.compile(
    rb"(?:From [^\r\n]*\r?\n)?(?:[A-Za-z][A-Za-z0-9-]*:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){2,}\r?\n?"
)
_OF_A_MAIL = re.compile(rb"(?im)^(?:received|message-id|mime-version|return-path|x-[a-z-]+|delivered-to):")
_FROM = re.compile(rb"(?im)^from:")
_LONGEST_HEADER = 64 * 1024

_MOST_ATTACHMENTS = 20
_MOST_READ = 5
_MOST_PARTS = 1_000
_SKRIVELSE = re.compile("tjansteskrivelse|tjansteutlatande|forslag till beslut|beslutsunderlag")

_READ_FROM = "Skrivelsen är läst ur mejlets bilaga {name}."
_OTHERS = "Mejlet har fler dokument, som inte lästes: {names}. Lämna in dem var för sig."
_COULD_NOT = "Mejlets bilaga {name} kunde inte läsas: {reason}"
_NOTHING = (
    "Mejlet har varken text eller någon bilaga som går att läsa. Spara skrivelsen ur mejlet som egen fil och lämna in "
    "den."
)


class Attachment(msgspec.Struct, frozen=True):
    name: str  # as the sender wrote it, cleaned; only ever shown
    data: bytes
    format: DocumentFormat | None
    refused: str = ""  # why, where there is no reader for it


class MailReader:
    """Reads .eml; the readers of what it may carry are handed in."""

    def __init__(
        self, tell: Callable[[bytes], DocumentFormat], read: Callable[[DocumentFormat, bytes], ReadText]
    ) -> None:
        self._tell = tell
        self._read = read

    def read(self, data: bytes) -> ReadText:
        with told_apart():
            message = email.message_from_bytes(data, policy=email.policy.default)
            assert isinstance(message, EmailMessage)  # noqa: S101 - what that policy makes
            found, notes = self._attached(message)
            return found or _body(message, notes)

    def _attached(self, message: EmailMessage) -> tuple[ReadText | None, list[str]]:
        """The attachment that is the skrivelse: the first that reads like one, or else the first that can be read."""
        attachments = self._attachments(message)
        chosen: tuple[Attachment, ReadText] | None = None
        faults: list[str] = []
        for attachment in attachments[:_MOST_READ]:
            try:
                text = self._text_of(attachment)
            except UnreadableDocument as error:
                faults.append(_COULD_NOT.format(name=attachment.name, reason=error.reason))
                continue
            is_skrivelse = bool(_SKRIVELSE.search(fold(text.text)))
            chosen = (attachment, text) if is_skrivelse else chosen or (attachment, text)
            if is_skrivelse:
                break
        if chosen is None:
            return None, faults
        names = [other.name for other in attachments if other is not chosen[0]]
        notes = [_READ_FROM.format(name=chosen[0].name), *([_OTHERS.format(names=", ".join(names))] if names else [])]
        return msgspec.structs.replace(chosen[1], notes=(*chosen[1].notes, *notes)), []

    def _text_of(self, attachment: Attachment) -> ReadText:
        if attachment.format is None:
            raise UnreadableDocument(attachment.refused)
        return self._read(attachment.format, attachment.data)

    def _attachments(self, message: EmailMessage) -> list[Attachment]:
        """Documents first, pictures last: a signature's logotype is a picture too."""
        found = [attachment for part in _parts(message) if (attachment := self._attachment(part))]
        found.sort(key=lambda attachment: attachment.format in (DocumentFormat.PICTURE, None))
        return found[:_MOST_ATTACHMENTS]

    def _attachment(self, part: EmailMessage) -> Attachment | None:
        name = part.get_filename()
        content = part.get_payload(decode=True)
        if part.is_multipart() or not isinstance(content, bytes) or not (name or part.is_attachment()):
            return None
        named = cleaned(name or "utan namn").replace("\n", " ").strip()
        try:
            told = self._tell(content)
        except UnreadableDocument as error:
            return Attachment(named, content, None, error.reason)
        is_inline = told is DocumentFormat.PICTURE and not part.is_attachment()
        is_no_text = told is DocumentFormat.PLAIN_TEXT and part.get_content_maintype() != "text"
        if is_inline or is_no_text or told is DocumentFormat.MAIL or not content.strip():
            return None
        return Attachment(named, content, told)


def is_mail(data: bytes) -> bool:
    """Whether the file begins with the headers that mail programs write."""
    header = _HEADER.match(data[:_LONGEST_HEADER])
    if header is None:
        return False
    return bool(_OF_A_MAIL.search(header[0])) and bool(_FROM.search(header[0]))


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    """The parts of this mail; a mail forwarded within it is not opened."""
    waiting, opened = [message], 0
    while waiting and opened < _MOST_PARTS:
        part = waiting.pop(0)
        opened += 1
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting += [inner for inner in part.iter_parts() if isinstance(inner, EmailMessage)]
        elif not part.is_multipart():
            yield part


def _body(message: EmailMessage, notes: list[str]) -> ReadText:
    subject = Block(cleaned(str(message.get("Subject", ""))).replace("\n", " ").strip())
    part = message.get_body(preferencelist=("plain", "html"))
    text = _decoded(part) if isinstance(part, EmailMessage) else ""
    if not text.strip():
        raise UnreadableDocument(notes[0] if notes else _NOTHING)
    assert part is not None  # noqa: S101 - it had text
    is_html = part.get_content_subtype() == "html"
    return as_text([subject, Block(""), *(blocks_of(text) if is_html else [Block(text)])], notes)


def _decoded(part: EmailMessage) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    with contextlib.suppress(LookupError, UnicodeError):  # a mail may be wrong about itself: then the bytes tell
        content = content.decode(part.get_content_charset("utf-8")).encode()
    return PlainTextReader().read(content).text
