"""Words are compared without what a scanner or a typist may have changed."""

from workflow.document_intake.folding import fold, key


def test_a_folded_text_keeps_every_letters_place():
    text = "Överförmyndarnämnden İ – ”Å”\t"
    assert len(fold(text)) == len(text)


def test_a_key_is_the_bare_words():
    assert key("  Beslutet skickas till: ") == "beslutet skickas till"
