"""The arms of a search by number: whole, its end, its beginning, a part inside.

`of` names the parameter that holds what was typed; `parameters` spells the patterns made of it.
"""

from customers.search.patterns import containing, ending, starting

SPELLED_OUT = "i.kind <> 'id_document'"
GRAMS = "customers_inner_parts(i.value, i.unit_id, i.manager_id)"
WALKED = 5_000  # numbers looked through, at most, for three characters inside one
GATHERED = 2_000  # numbers held against a name, at most, where both were typed


def parameters(of, number):
    """What the SQL below needs to know of `number`."""
    return {
        of: number,
        f"{of}_begins": starting(number),
        f"{of}_ends": ending(number),
        f"{of}_backwards": starting(number[::-1]),
        f"{of}_inside": containing(number),
        f"{of}_grams": [number[at : at + 4] for at in range(len(number) - 3)],
    }


def whole(sought, of="number"):
    """The number itself, old or not, and an ID document by its hash."""
    document = _shared("i.kind = 'id_document' AND i.value = %(document)s", sought)
    return _arm(0, " UNION ALL ".join([*_whole(of, sought), document]), "rank, customer_id")


def parts(number, sought, of="number"):
    """Arms for a part of a number, the likeliest first: from four characters on its end, below that its beginning."""
    if len(number) > 3:
        arms = [_ends(number, of, sought), _begins(of, sought), _inside(of, sought)]
    elif len(number) == 3:
        arms = [_begins(of, sought), _ends_unranked(of, sought), _inside_unranked(of, sought)]
    else:
        arms = [_begins(of, sought)]
    return [_arm(40 + place, *arm) for place, arm in enumerate(arms)]


def beside(number, sought, of):
    """Numbers that are so, end so or begin so, gathered to be held against a name."""
    rows = [*_whole(of, sought), _ends(number, of, sought)[0], _begins(of, sought, GATHERED)[0]]
    return f"(SELECT * FROM ({' UNION ALL '.join(rows)}) numbers LIMIT {2 * GATHERED})"


def of_customer(customer, of):
    """Whether one customer has a number that begins or ends so; SQL of its id, NULL when not."""
    return f"""(SELECT min(i.id) FROM customers_identifier i WHERE i.customer_id = {customer} AND {SPELLED_OUT}
        AND (i.value LIKE %({of}_begins)s OR i.value LIKE %({of}_ends)s))"""


def _arm(place, rows, order):
    return f"""(SELECT {place}::smallint AS arm, length(value) AS length, rank, customer_id, id AS identifier_id
        FROM ({rows}) found ORDER BY {order} LIMIT %(many)s)"""


def _shared(condition, sought, tail=""):
    """Rows of an index that knows nothing of reach; only where few rows can match."""
    return f"(SELECT i.* FROM customers_identifier i WHERE {condition} AND {sought.within('i')} {tail})"


def _probes(condition, sought, tail="ORDER BY i.rank LIMIT %(many)s"):
    """One probe of an index for each branch, unit or manager."""
    sources = [
        ("%(branches)s::bigint[]", "branch_id", sought.params["branches"]),
        ("%(units)s::bigint[]", "unit_id", sought.params["units"]),
        ("ARRAY[%(me)s]::bigint[]", "manager_id", sought.own),
    ]
    return [
        f"""(SELECT best.* FROM unnest({ids}) AS source (id) CROSS JOIN LATERAL (
            SELECT i.* FROM customers_identifier i
            WHERE i.{column} = source.id AND {SPELLED_OUT} AND {condition} {tail}) best)"""
        for ids, column, there in sources
        if there
    ]


def _whole(of, sought):
    return _probes(f"i.value = %({of})s", sought)


def _begins(of, sought, limit="%(many)s"):
    condition = f"i.value LIKE %({of}_begins)s AND i.value <> %({of})s"
    probes = _probes(condition, sought, f"ORDER BY i.value, i.rank LIMIT {limit}")
    return " UNION ALL ".join(probes), "length, rank, value, customer_id"


def _ends(number, of, sought):
    tail = f"right(i.value, 4) = %({of})s" if len(number) == 4 else f"reverse(i.value) LIKE %({of}_backwards)s"
    return _shared(f"{SPELLED_OUT} AND {tail} AND i.value <> %({of})s", sought), "rank, length, customer_id"


def _inside(of, sought):
    """Grams say where; units and managers are among them, so that a small reach is not searched through a large one.
    The columns themselves are left to the check of each customer: asked here, they would lead to a slower index."""
    grams = f"{SPELLED_OUT} AND {GRAMS} @> %({of}_grams)s AND i.value LIKE %({of}_inside)s"
    rows = []
    if sought.params["branches"]:
        rows.append(f"{grams} AND i.branch_id + 0 = ANY(%(branches)s)")
    if sought.params["reach_grams"]:
        rows.append(f"{grams} AND {GRAMS} && %(reach_grams)s")
    found = " UNION ALL ".join(f"SELECT i.* FROM customers_identifier i WHERE {where}" for where in rows)
    return found, "rank, length, customer_id"


def _ends_unranked(of, sought):
    condition = f"{SPELLED_OUT} AND reverse(i.value) LIKE %({of}_backwards)s AND i.value <> %({of})s"
    return _shared(condition, sought, f"LIMIT {GATHERED}"), "rank, length, customer_id"


def _inside_unranked(of, sought):
    """Three characters are in one number of a hundred: enough turn up among the first of those in reach."""
    rows = " UNION ALL ".join(_probes("true", sought, f"LIMIT {WALKED}"))
    walked = f"SELECT * FROM ({rows}) each LIMIT {WALKED}"
    return (
        f"SELECT * FROM ({walked}) walked WHERE value LIKE %({of}_inside)s LIMIT %(many)s",
        "rank, length, customer_id",
    )
