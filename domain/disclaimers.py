"""What everybody is told who relies on a certificate, wherever one is shown; Serbian has priority (DNB-13.3)."""

NO_RATING = {
    "sr": "Сертификат није кредитни рејтинг у смислу Уредбе (ЕЗ) 1060/2009.",
    "en": "A certificate is no credit rating within the meaning of Regulation (EC) 1060/2009.",
}
"""No output may be understood as a credit rating (DNB-2.2)."""

NO_LIABILITY = {
    "sr": "За употребу сертификата и за одлуке које други донесу на основу њега издавалац не одговара.",
    "en": "The issuer answers neither for its use nor for decisions that others base on it.",
}
"""The issuer is not liable for what others do because somebody holds a certificate (DNB-8.1)."""

PRIORITY = {
    "sr": "Меродаван је текст на српском језику.",
    "en": "This text is for information; the Serbian one has priority.",
}
"""Which language counts (DNB-13.3)."""


def disclaimer(language: str) -> str:
    """All that has to be said in a language ("sr" in Cyrillic, or "en")."""
    return " ".join((NO_RATING[language], NO_LIABILITY[language], PRIORITY[language]))
