"""Words are compared as a scanner may have left them."""

from workflow.document_intake.folding import Phrasebook, fold, is_like, is_within, key


def test_a_folded_text_keeps_every_letters_place():
    text = "Överförmyndarnämnden İ – ”Å”\t"
    assert len(fold(text)) == len(text)


def test_a_key_is_the_bare_words():
    assert key("  Beslutet skickas till: ") == "beslutet skickas till"


def test_a_long_word_forgives_more_than_a_short_one():
    assert is_like("bes1utsunder1ag", "beslutsunderlag")
    assert not is_like("ml", "mbl")


def test_distance_counts_changes_losses_and_additions():
    assert is_within("kitten", "sitting", 3)
    assert not is_within("kitten", "sitting", 2)


def test_a_phrasebook_finds_the_misread_and_not_the_unlike():
    book = Phrasebook({"Beslutsunderlag": "underlag", "Ärende": "matter"})
    assert book.find("Bes1utsunderlag:") == "underlag"
    assert book.find("Arende") == "matter"
    assert book.find("Bakgrund") is None
