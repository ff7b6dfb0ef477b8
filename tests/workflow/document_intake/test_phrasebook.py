"""Phrases are found as a scanner may have left them."""

from workflow.document_intake.phrasebook import Phrasebook, is_like


def test_a_long_word_forgives_more_than_a_short_one():
    assert is_like("bes1utsunder1ag", "beslutsunderlag")
    assert not is_like("ml", "mbl")


def test_a_phrasebook_finds_the_misread_and_not_the_unlike():
    book = Phrasebook({"Beslutsunderlag": "underlag", "Ärende": "matter"})
    assert book.find("Bes1utsunderlag:") == "underlag"
    assert book.find("Arende") == "matter"
    assert book.find("Bakgrund") is None


def test_of_two_phrases_nearly_alike_the_nearer_is_meant():
    book = Phrasebook({"ärendets beredning": "a", "ärendets behandling": "b"})
    assert book.find("arendets behand1ing") == "b"
    assert book.find("arendets bered0ing") == "a"
