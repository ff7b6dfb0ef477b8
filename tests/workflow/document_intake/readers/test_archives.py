"""Archives made to be odd: opened by counting, and refused in one sentence."""

import io
import random
import struct
import zipfile

import pytest

from tests.workflow.document_intake.office_files import archive_of
from workflow.document_intake.interface import UnreadableDocument
from workflow.document_intake.readers import archives

DTD = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'


def refused(data: bytes) -> str:
    with pytest.raises(UnreadableDocument) as error:
        archives.parts_of(data)
    return error.value.reason


def test_xml_is_kept_and_all_else_counted_but_left_empty():
    parts = archives.parts_of(
        archive_of({"a.xml": b"<a/>", "b.rels": b"<b/>", "bild.png": b"x" * 99, "mimetype": b"m"})
    )
    assert parts == {"a.xml": b"<a/>", "b.rels": b"<b/>", "bild.png": b"", "mimetype": b"m"}


def test_what_was_unpacked_can_be_packed_again():
    parts = {"a.xml": b"<a/>", "bild.png": b""}
    assert archives.parts_of(archives.packed(parts)) == parts


def test_a_bomb_is_found_by_what_comes_out_of_it():
    assert "sväller" in refused(archive_of({"bild.bin": b"\x00" * 30_000_000}))


def test_members_that_each_swell_a_little_are_counted_together(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archives, "MAX_OUT", 3 * archives.MIB)
    noise = bytes(range(256)) * 4096
    assert "sväller" in refused(archive_of({f"{number}.bin": noise for number in range(4)}))


def test_a_member_that_lies_about_its_size_is_damaged():
    data = bytearray(archive_of({"a.xml": b"<a>" + b"x" * 5_000 + b"</a>"}))
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<I", 10)
    assert "skadad" in refused(bytes(data))


def test_too_many_members_are_refused_before_they_are_listed():
    assert "2000 delar" in refused(b"PK\x03\x04" + b"PK\x01\x02" * 2_001)


def test_a_text_too_large_to_become_a_tree_is_refused():
    noise = random.Random(1).randbytes(archives.MIB + 1)
    with pytest.raises(UnreadableDocument, match="större än 1 MiB"):
        archives.parts_of(archive_of({"a.xml": noise}), largest=archives.MIB)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp037"])
def test_declared_entities_are_refused_in_every_encoding(encoding: str):
    assert "deklarationer" in refused(archive_of({"a.xml": DTD.encode(encoding)}))


def test_an_encoding_that_could_hide_a_declaration_is_refused():
    hidden = b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-<a/>'
    assert "deklarationer" in refused(archive_of({"a.xml": hidden}))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_harmless_xml_passes_in_the_encodings_of_the_standard(encoding: str):
    xml = '<?xml version="1.0"?>\n<a>å</a>'.encode(encoding)
    assert archives.parts_of(archive_of({"a.xml": xml})) == {"a.xml": xml}


@pytest.mark.parametrize("name", ["../a.xml", "/a.xml", "C:a.xml", "a/../../b.xml", "a\\b.xml", "a\nb.xml", "x" * 300])
def test_odd_names_are_refused(name: str):
    assert "namn" in refused(archive_of({name: b"<a/>"}))


def test_two_members_of_one_name_are_refused():
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("a.xml", "<a/>")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.xml", "<b/>")
    assert "namn" in refused(whole.getvalue())


def test_a_locked_member_is_refused_with_what_to_do():
    data = bytearray(archive_of({"a.xml": b"<a/>"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "lösenord" in refused(bytes(data))


def test_a_rare_kind_of_compression_is_not_opened():
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.xml", "<a/>")
    assert "skadad" in refused(whole.getvalue())
