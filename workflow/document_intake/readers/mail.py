"""E-mails saved as files (.eml): the document they carry, or else what they say."""

import contextlib
import email
import email.policy
import re
from collections.abc import Callable, Iterator, Sequence
from email.message import EmailMessage
from functools import partial
from itertools import islice

import msgspec

from workflow.document_intake.folding import fold
from workflow.document_intake.interface import DocumentFormat, ReadText, UnreadableDocument
from workflow.document_intake.readers.blocks import Block, as_text
from workflow.document_intake.readers.faults import told_apart
from workflow.document_intake.readers.html_text import blocks_of
from workflow.document_intake.readers.plain_text import PlainTextReader, cleaned

_HEADER = re.compile(
    rb"(?:From [^\r\n]*\r?\n)?(?:[A-Za-z][A-Za-z0-9-]*:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){2,}\r?\n?"
)
_OF_A_MAIL = re.compile(rb"(?im)^(?:received|message-id|mime-version|return-path|x-[a-z-]+|delivered-to):")
_FROM = re.compile(rb"(?im)^from:")
_LONGEST_HEADER = 64 * 1024

_MOST_NAMED = 20
_MOST_READ = 5
_MOST_PARTS = 1_000
_DEEPEST = 3  # mails within mails: who forwards what was forwarded has two
_SKRIVELSE = re.compile("tjansteskrivelse|tjansteutlatande|forslag till beslut|beslutsunderlag")
_MAILS = ("message/rfc822", "message/global")
_SIGNATURES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
"""What proves who sent the mail, and never is a document."""

_READ_FROM = "Skrivelsen är läst ur mejlets bilaga {name}."
_OTHERS = "Mejlet har fler dokument, som inte lästes: {names}. Lämna in dem var för sig."
_COULD_NOT = "Mejlets bilaga {name} kunde inte läsas: {reason}"
_EMPTY = "Filen är tom; det finns inget att läsa."
_TOO_DEEP = "Den ligger i ett mejl som är bifogat i flera led. Spara det mejlet som egen fil och lämna in den."
_NOTHING = (
    "Mejlet har varken text eller någon bilaga som går att läsa. Spara skrivelsen ur mejlet som egen fil och lämna in "
    "den."
)


class Attachment(msgspec.Struct, frozen=True):
    name: str  # as the sender wrote it, cleaned; only ever shown
    place: tuple[int, ...]  # its number among the parts of its mail, after that mail's own place
    read: Callable[[], ReadText]  # raises UnreadableDocument
    order: int = 0  # documents are asked before mails, and a picture last: a signature's logotype is one too
    only_skrivelse: bool = False  # it is the mail's document if it reads like a skrivelse, and not otherwise


class MailReader:
    """Reads .eml; the readers of what it may carry are handed in."""

    def __init__(
        self, tell: Callable[[bytes], DocumentFormat], read: Callable[[DocumentFormat, bytes], ReadText]
    ) -> None:
        self._tell = tell
        self._read = read

    def read(self, data: bytes) -> ReadText:
        with told_apart():
            message = _mail_of(data)
            found, notes = self._attached(message)
            return found or _body(message, notes)

    def _attached(self, message: EmailMessage) -> tuple[ReadText | None, list[str]]:
        """The attachment that is the skrivelse: the first that reads like one, or else the first that can be read."""
        attachments = sorted(islice(self._attachments(message), _MOST_PARTS), key=lambda each: each.order)
        chosen: tuple[Attachment, ReadText] | None = None
        faults: dict[tuple[int, ...], str] = {}
        for attachment in attachments[:_MOST_READ]:
            try:
                text = attachment.read()
            except UnreadableDocument as error:
                faults[attachment.place] = _COULD_NOT.format(name=attachment.name, reason=error.reason)
                continue
            if _SKRIVELSE.search(fold(text.text)):
                chosen = (attachment, text)
                break
            if not attachment.only_skrivelse:
                chosen = chosen or (attachment, text)
        read = chosen[0].place if chosen else ()
        unread = [
            each.name for each in attachments if each.place not in faults and each.place != read[: len(each.place)]
        ]
        notes = [*faults.values(), *([_OTHERS.format(names=_enumerated(unread))] if unread else [])]
        if chosen is None:
            return None, notes
        told = (*chosen[1].notes, _READ_FROM.format(name=chosen[0].name), *notes)
        return msgspec.structs.replace(chosen[1], notes=told), []

    def _attachments(self, message: EmailMessage, place: tuple[int, ...] = ()) -> Iterator[Attachment]:
        """What is attached to a mail, and to those that are attached to it."""
        for number, part in enumerate(_parts(message)):
            here = (*place, number)
            inner = _mail_in(part)
            if inner is None:
                yield from self._attachment(part, here)
            elif len(here) > _DEEPEST:
                yield Attachment(_name(part, inner), here, partial(_refuse, _TOO_DEEP), order=2)
            else:
                yield Attachment(_name(part, inner), here, partial(_body, inner, []), order=1, only_skrivelse=True)
                yield from self._attachments(inner, here)

    def _attachment(self, part: EmailMessage, here: tuple[int, ...]) -> Iterator[Attachment]:
        content = _attached_bytes(part)
        if content is None or part.get_content_type() in _SIGNATURES:
            return
        try:
            told = self._tell(content)
        except UnreadableDocument as error:
            yield Attachment(_name(part), here, partial(_refuse, error.reason), order=2)
            return
        is_picture = told is DocumentFormat.PICTURE
        if is_picture and not part.is_attachment():
            return
        read = partial(self._read, told, content) if content.strip() else partial(_refuse, _EMPTY)
        # Somebody's program did not know what it is; whether it is text at all is found out by reading it.
        is_unknown = told is DocumentFormat.PLAIN_TEXT and part.get_content_maintype() != "text"
        yield Attachment(_name(part), here, read, order=2 if is_picture else 0, only_skrivelse=is_unknown)


def is_mail(data: bytes) -> bool:
    """Whether the file begins with the headers that mail programs write."""
    header = _HEADER.match(data[:_LONGEST_HEADER])
    if header is None:
        return False
    return bool(_OF_A_MAIL.search(header[0])) and bool(_FROM.search(header[0]))


def _mail_of(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what that policy makes
    return message


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    """The parts of this mail, and the mails attached to it as one part each."""
    waiting, opened = [message], 0
    while waiting and opened < _MOST_PARTS:
        part = waiting.pop(0)
        opened += 1
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting += [inner for inner in part.iter_parts() if isinstance(inner, EmailMessage)]
        elif not part.is_multipart() or part.get_content_type() in _MAILS:
            yield part


def _attached_bytes(part: EmailMessage) -> bytes | None:
    """What an attachment holds; None for what is not one."""
    content = part.get_payload(decode=True)
    is_attached = part.get_filename() or part.is_attachment()
    return content if is_attached and isinstance(content, bytes) else None


def _mail_in(part: EmailMessage) -> EmailMessage | None:
    """The mail that a part is, whether it says so itself or not."""
    if not part.is_multipart():
        content = _attached_bytes(part)
        return _mail_of(content) if content and is_mail(content) else None
    inner = part.get_payload(0)
    assert isinstance(inner, EmailMessage)  # noqa: S101 - what such a part has
    if not inner.keys() and "Content-Transfer-Encoding" in part:
        # Forbidden for a mail within a mail, but some write it: what was taken for the mail is its letters still.
        inner["Content-Transfer-Encoding"] = part["Content-Transfer-Encoding"]
        letters = inner.get_payload(decode=True)
        return _mail_of(letters) if isinstance(letters, bytes) else inner
    return inner


def _name(part: EmailMessage, inner: EmailMessage | None = None) -> str:
    """What an attachment is called; a mail without a file name by its subject."""
    subject = str(inner.get("Subject", "")) if inner else ""
    return cleaned(part.get_filename() or subject or "utan namn").replace("\n", " ").strip()


def _enumerated(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return f"{', '.join(names[:_MOST_NAMED])}{f' och {more} till' if more > 0 else ''}"


def _refuse(reason: str) -> ReadText:
    raise UnreadableDocument(reason)


@told_apart()
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
