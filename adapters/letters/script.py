"""Serbian in its two scripts: written in Cyrillic, and the Latin derived from it without loss."""

_ONE_TO_ONE = ("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš")
_LETTERS = dict(zip(*_ONE_TO_ONE, strict=True)) | {"љ": "lj", "њ": "nj", "џ": "dž"}


def latin(text: str) -> str:
    """The text in Latin letters; where a capital becomes two letters, both are capitals among other capitals."""
    return "".join(_latin(text, place) for place in range(len(text)))


def _latin(text: str, place: int) -> str:
    letter = text[place]
    plain = _LETTERS.get(letter.lower())
    if plain is None:
        return letter
    if letter.islower():
        return plain
    after, before = text[place + 1 : place + 2], text[max(0, place - 1) : place]
    among_capitals = after.isupper() or (not after.isalpha() and before.isupper())
    return plain.upper() if among_capitals else plain.capitalize()
