"""The arms of a search by name: each is one way to match, probed in the order of its index."""

from dataclasses import dataclass

from customers.pinyin import latin_words
from customers.search.patterns import anywhere, starting

PERSON = "NOT e.is_group"
GIVEN, GIVEN_INITIALS = "substring(e.name, 2)", "substring(e.initials, 2)"  # spelled as the indexes are
GATHERED = 400  # matches by parts of a name that are put in order; more are left out as they come


@dataclass(frozen=True)
class Arm:
    """A condition on `e`, and the key whose length says how near a match is."""

    condition: str
    key: str
    by_key: bool = False  # the matches differ in their key, and the index yields them in its order
    gathered: bool = False  # no index yields them in any order


def arms_for(shape):
    if shape.letters:
        return letter_arms(shape)
    return name_arms(shape) if shape.words else []


def parameters(typed):
    return {
        "name": typed.name,
        "name_begins": starting(typed.name),
        "letters": typed.letters,
        "letters_begins": starting(typed.letters),
        "grams": typed.grams,
    } | {f"word_{place}": anywhere(_bare(word) if typed.letters else word) for place, word in enumerate(typed.words)}


def _bare(word):
    """As it stands within a pinyin key."""
    return "".join(latin_words(word))


def name_arms(shape):
    """Exact, begins so, given name, any part of it."""
    if shape.one_character:
        begins = Arm("left(e.name, 1) = %(name)s", "e.name")
    else:
        begins = Arm("e.name LIKE %(name_begins)s", "e.name", by_key=True)
    return [
        Arm("e.name = %(name)s", "e.name"),
        begins,
        Arm(f"{PERSON} AND {GIVEN} = %(name)s", GIVEN),
        Arm(f"{PERSON} AND {GIVEN} LIKE %(name_begins)s", GIVEN, by_key=True),
        *_part_arms(shape),
    ]


def letter_arms(shape):
    """Initials and pinyin: whole, beginning, of the given name, by the second reading; then Latin words."""
    if shape.letters == 1:
        begins = [Arm("left(e.initials, 1) = %(letters)s", "e.initials")]
    else:
        begins = [
            Arm("e.initials LIKE %(letters_begins)s", "e.initials", by_key=True),
            Arm("e.pinyin LIKE %(letters_begins)s", "e.pinyin", by_key=True),
        ]
    return [
        Arm("e.initials = %(letters)s", "e.initials"),
        Arm("e.pinyin = %(letters)s", "e.pinyin"),
        *begins,
        Arm(f"{PERSON} AND {GIVEN_INITIALS} = %(letters)s", GIVEN_INITIALS),
        Arm(f"{PERSON} AND {GIVEN_INITIALS} LIKE %(letters_begins)s", GIVEN_INITIALS, by_key=True),
        Arm("e.other_pinyin <> '' AND e.other_initials LIKE %(letters_begins)s", "e.other_initials", by_key=True),
        Arm("e.other_pinyin <> '' AND e.other_pinyin LIKE %(letters_begins)s", "e.other_pinyin", by_key=True),
        *_part_arms(shape),
    ]


def _part_arms(shape):
    if not shape.grams:
        return []
    column = "e.pinyin" if shape.letters else "e.name"  # there Latin words stand without their accents
    holds = " AND ".join(f"{column} LIKE %(word_{place})s" for place in range(shape.words))
    return [Arm(f"e.grams @> %(grams)s AND {holds}", "e.name", gathered=True)]


def any_of(arms):
    return "(" + " OR ".join(f"({arm.condition})" for arm in arms) + ")"


def entries(arms, reach, and_also="true"):
    """One SELECT for each arm, without what an earlier arm has found."""
    return [
        _entries(arm, 10 + place, reach, f"{_unseen(arms[:place])} AND {and_also}") for place, arm in enumerate(arms)
    ]


def _unseen(earlier):
    return f"{any_of(earlier)} IS NOT TRUE" if earlier else "true"


def _entries(arm, place, reach, unseen):
    where, columns = f"{arm.condition} AND {unseen}", f"length({arm.key}) AS first, e.rank, e.customer_id"
    sources = []
    if reach.wide:
        sources.append(_area_by_area(arm, columns, f"{where} AND {reach.holds('e')}"))
    if reach.own:
        sources.append(f"SELECT {columns} FROM own e WHERE {where}")
    return f"""(SELECT {place}::smallint AS arm, first, rank AS second, customer_id, NULL::bigint AS identifier_id
        FROM ({" UNION ALL ".join(sources)}) found ORDER BY first, rank, customer_id LIMIT %(limit)s)"""


def _area_by_area(arm, columns, where):
    if arm.gathered:
        return f"""(SELECT {columns} FROM customers_searchentry e
            WHERE {where} AND e.grams && %(wide_grams)s LIMIT {GATHERED})"""
    order, limit = (f"{arm.key}, e.rank", "%(some)s") if arm.by_key else ("e.rank", "%(limit)s")
    return f"""SELECT best.* FROM areas CROSS JOIN LATERAL (SELECT {columns} FROM customers_searchentry e
        WHERE e.area_id = areas.id AND {where} ORDER BY {order} LIMIT {limit}) best"""
