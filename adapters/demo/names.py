"""Invented names of companies and people, written in Cyrillic, with the one Latin form that each of them has.

Every Cyrillic letter of Serbian has one Latin letter or digraph, so a name is written once and read in both scripts.
The way back is unique as well, as long as no name holds the letters of a digraph apart (нј, лј, дж); none here does.
"""

from random import Random

_DIGRAPHS_AND_MARKS = {"ђ": "đ", "ж": "ž", "љ": "lj", "њ": "nj", "ћ": "ć", "ч": "č", "џ": "dž", "ш": "š"}
LATIN = dict(zip("абвгдезијклмнопрстуфхц", "abvgdezijklmnoprstufhc", strict=True)) | _DIGRAPHS_AND_MARKS
_TO_LATIN = str.maketrans(LATIN | {letter.upper(): latin.capitalize() for letter, latin in LATIN.items()})
_TO_ASCII = str.maketrans({"č": "c", "ć": "c", "đ": "dj", "š": "s", "ž": "z"})

_GIVEN_NAMES = (
    *("Ана", "Биљана", "Бојан", "Весна", "Вук", "Горан", "Горица", "Драган", "Драгана", "Душан", "Ђорђе", "Ђурђина"),
    *("Емилија", "Жарко", "Жељка", "Зоран", "Зорица", "Ивана", "Игор", "Јасмина", "Јелена", "Катарина", "Лазар"),
    *("Лидија", "Љиљана", "Љубиша", "Маја", "Марко", "Милан", "Милица", "Миљана", "Мирјана", "Наташа", "Небојша"),
    *("Никола", "Његош", "Оливера", "Петар", "Радмила", "Саша", "Светлана", "Срђан", "Стефан", "Тања", "Ћира"),
    *("Урош", "Филип", "Христина", "Цвета", "Чедомир", "Џоја", "Шћепан"),
)
_FAMILY_NAMES = (
    *("Андрић", "Бајић", "Васиљевић", "Гајић", "Дабић", "Ђорђевић", "Ђурић", "Ерић", "Жижић", "Живковић", "Зарић"),
    *("Илић", "Јовановић", "Јанковић", "Костић", "Лазић", "Љубичић", "Марковић", "Милошевић", "Николић", "Његован"),
    *("Обрадовић", "Павловић", "Петровић", "Ракић", "Савић", "Симић", "Станковић", "Тодоровић", "Ћирић", "Ћосић"),
    *("Урошевић", "Филиповић", "Хаџић", "Цветковић", "Чолић", "Чубрић", "Џаковић", "Шарић", "Шљивић"),
)
_TRADES = (
    *("Пекара", "Млекара", "Хладњача", "Штампарија", "Столарија", "Ткачница", "Цвећара", "Књижара", "Апотека"),
    *("Винарија", "Рударство", "Ливница", "Браварија", "Пилана", "Млин", "Кречана", "Циглана", "Шпедиција"),
    *("Туризам", "Градитељ", "Пројект", "Сервис", "Месара", "Уљара", "Шећерана", "Ужара", "Стаклара"),
)
_PROPER_NAMES = (
    *("Авала", "Бисер", "Вршачки брег", "Горица", "Дунав", "Ђердап", "Еуклид", "Жича", "Златна нит", "Извор", "Јавор"),
    *("Класје", "Липа", "Љиљан", "Морава", "Наковањ", "Њива", "Орах", "Победа", "Рудник", "Соко", "Тиса", "Ћилим"),
    *("Ушће", "Фрула", "Храст", "Цер", "Чигра", "Џбун", "Шумадија", "Шљива", "Багрем", "Јасен", "Видик", "Копаоник"),
)
_FIRST_HALVES = (
    *("Агро", "Аква", "Алфа", "Био", "Вита", "Ветро", "Гео", "Дрво", "Еко", "Електро", "Енерго", "Жито", "Интер"),
    *("Кожо", "Лимо", "Љубо", "Макро", "Мега", "Метало", "Нова", "Њиво", "Омега", "Плодо", "Север", "Сунце"),
    *("Термо", "Ћупри", "Унија", "Фито", "Хидро", "Цветно", "Челико", "Шумо"),
)
_SECOND_HALVES = (
    *("градња", "дом", "експорт", "значка", "импекс", "комерц", "логистика", "маркет", "монт", "опрема", "пак"),
    *("пласт", "продукт", "пром", "промет", "рад", "систем", "стил", "текс", "техна", "транс", "трговина", "фарм"),
    *("хем", "центар", "шпед"),
)
_TOWNS = (
    *("Београд", "Београд", "Београд", "Београд", "Нови Сад", "Нови Сад", "Ниш", "Ниш", "Крагујевац", "Суботица"),
    *("Зрењанин", "Панчево", "Чачак", "Краљево", "Нови Пазар", "Лесковац", "Крушевац", "Ужице", "Ваљево", "Врање"),
    *("Шабац", "Сомбор", "Пожаревац", "Пирот", "Зајечар", "Кикинда", "Вршац", "Бор", "Јагодина", "Лозница", "Инђија"),
    *("Рума", "Врбас", "Аранђеловац", "Ћуприја", "Ђала", "Жабаљ", "Његошево", "Љиг", "Димитровград"),
)
# How a legal form stands in the name, how it is called, and the share up to which it is drawn.
_LEGAL_FORMS = (
    ("д.о.о.", "д.о.о.", 0.80),
    ("ПР", "предузетник", 0.90),
    ("а.д.", "а.д.", 0.95),
    ("о.д.", "о.д.", 0.97),
    ("к.д.", "к.д.", 0.98),
    ("задруга", "задруга", 1.0),
)


def _one_of(rng: Random, words: tuple[str, ...]) -> str:
    return words[int(rng.random() * len(words))]


def to_latin(text: str) -> str:
    """The Latin form of a Serbian text in Cyrillic; all that is no Cyrillic letter stays as it is."""
    return text.translate(_TO_LATIN)


def to_ascii(text: str) -> str:
    """The text as it stands in addresses of e-mail: Latin small letters without marks, spaces as hyphens."""
    return to_latin(text).lower().translate(_TO_ASCII).replace(" ", "-").replace(".", "")


def legal_form(rng: Random) -> tuple[str, str]:
    """A legal form as it stands in names, and as it is called; both in Cyrillic, most often д.о.о."""
    drawn = rng.random()
    return next((short, long) for short, long, share in _LEGAL_FORMS if drawn < share)


def company_brand(rng: Random) -> str:
    """What distinguishes a company's name, in Cyrillic: a made-up word, or a trade with a name."""
    match int(rng.random() * 3):
        case 0:
            return _one_of(rng, _FIRST_HALVES) + _one_of(rng, _SECOND_HALVES)
        case 1:
            return f"{_one_of(rng, _TRADES)} {_one_of(rng, _FAMILY_NAMES)}"
        case _:
            return f"{_one_of(rng, _TRADES)} {_one_of(rng, _PROPER_NAMES)}"


def town(rng: Random) -> str:
    """A town of Serbia in Cyrillic, large ones more often."""
    return _one_of(rng, _TOWNS)


def person(rng: Random) -> str:
    """Given and family name of an invented person, in Cyrillic."""
    return f"{_one_of(rng, _GIVEN_NAMES)} {_one_of(rng, _FAMILY_NAMES)}"
