"""The arms of a search by number: whole, its end, its beginning, a part inside.

`of` names the parameter that holds what was typed ("number", "digits"); `parameters` spells the patterns made of it.
`size` is its length, as far as it matters.
"""

from customers.search.patterns import containing, ending, starting

SPELLED_OUT = "i.kind <> 'id_document'"
GRAMS = "customers_inner_parts(i.value, i.unit_id, i.manager_id)"
WALKED = 5_000  # numbers looked through, at most, for three characters inside one
GATHERED = 2_000  # numbers that end as typed: at most so many are put in order or held against a name
BEGUN = 500  # numbers that begin as typed: at most so many are held against a name
NEAREST, RANKED = "length(value)", "rank"  # what comes first in an arm; the other one follows


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


def whole(reach, of="number"):
    """The number itself, old or not, and an ID document by its hash."""
    document = _rows("i.kind = 'id_document' AND i.value = %(document)s", reach)
    return _arm(0, [*_probes(f"i.value = %({of})s", reach), document], NEAREST)


def parts(size, reach, of="number"):
    """Arms for a part of a number, the likeliest first: from four characters on its end, below that its beginning."""
    if size > 3:
        arms = [
            (_ends(size, of, reach), RANKED),
            (_begins(of, reach, size), NEAREST),
            (_inside(size, of, reach), RANKED),
        ]
    elif size == 3:
        arms = [(_begins(of, reach, size), NEAREST), (_ends_unranked(of, reach), RANKED), (_walked(of, reach), RANKED)]
    else:
        arms = [(_begins(of, reach, size), NEAREST)]
    return [_arm(40 + place, *arm) for place, arm in enumerate(arms)]


def beside(size, reach, of):
    """Numbers that are so, end so or begin so, gathered to be held against a name."""
    rows = [*_probes(f"i.value = %({of})s", reach), *_ends(size, of, reach), *_begins(of, reach, size, BEGUN)]
    return f"(SELECT * FROM ({' UNION ALL '.join(rows)}) numbers)"


def of_customer(customer, of):
    """A number of one customer that begins or ends so; SQL of its id, NULL where there is none."""
    return f"""(SELECT min(i.id) FROM customers_identifier i WHERE i.customer_id = {customer} AND {SPELLED_OUT}
        AND (i.value LIKE %({of}_begins)s OR i.value LIKE %({of}_ends)s))"""


def _arm(place, rows, first):
    """The best rows, each customer once: (arm, what comes first, what follows, customer, number)."""
    second = RANKED if first == NEAREST else NEAREST
    return f"""(SELECT {place}::smallint AS arm, min({first}) AS first, min({second}) AS second, customer_id,
            min(id) AS identifier_id
        FROM (SELECT * FROM ({" UNION ALL ".join(rows)}) found ORDER BY {first}, {second}, id LIMIT %(many)s) best
        GROUP BY customer_id ORDER BY first, second, customer_id LIMIT %(enough)s)"""


def _rows(condition, reach, tail=""):
    """Rows of an index that knows nothing of reach: only where few can match."""
    columns = "i.id, i.customer_id, i.value, i.rank"
    return f"(SELECT {columns} FROM customers_identifier i WHERE {condition} AND {reach.holds('i')} {tail})"


def _probes(condition, reach, tail="LIMIT %(many)s", unit_by_unit=False):
    """One probe of an index for each branch (or each of few units), and one for the customers a person manages."""
    sources = []
    if unit_by_unit and reach.few:
        sources.append(("%(units)s::bigint[]", "unit_id"))
    elif reach.wide:
        sources.append(("%(homes)s::bigint[]", "branch_id"))
    if reach.own:
        sources.append(("ARRAY[%(me)s]::bigint[]", "manager_id"))
    return [
        f"""(SELECT best.* FROM unnest({ids}) AS source (id) CROSS JOIN LATERAL {
            _rows(f"i.{column} = source.id AND {SPELLED_OUT} AND {condition}", reach, tail)
        } best)"""
        for ids, column in sources
    ]


def _begins(of, reach, size, limit="%(many)s"):
    """Short beginnings are common, so a small reach is probed by itself."""
    condition = f"i.value LIKE %({of}_begins)s AND i.value <> %({of})s"
    return _probes(condition, reach, f"ORDER BY i.value, i.rank LIMIT {limit}", unit_by_unit=size < 5)


def _ends(size, of, reach):
    tail = f"right(i.value, 4) = %({of})s" if size == 4 else f"reverse(i.value) LIKE %({of}_backwards)s"
    return [_rows(f"{SPELLED_OUT} AND {tail} AND i.value <> %({of})s", reach, f"ORDER BY i.rank LIMIT {GATHERED}")]


def _inside(size, of, reach):
    """Grams say where. Units and managers are among them, so that a small reach is not searched through a large one."""
    condition = f"{SPELLED_OUT} AND {GRAMS} @> %({of}_grams)s AND i.value LIKE %({of}_inside)s"
    if not reach.branches and (reach.few or not reach.units):
        condition += f" AND {GRAMS} && %(near_grams)s"
    return [_rows(condition, reach)]


def _ends_unranked(of, reach):
    condition = f"{SPELLED_OUT} AND reverse(i.value) LIKE %({of}_backwards)s AND i.value <> %({of})s"
    return [_rows(condition, reach, f"LIMIT {GATHERED}")]


def _walked(of, reach):
    """Three characters are inside one number of a hundred: enough turn up among the first of those in reach."""
    numbers = " UNION ALL ".join(_probes("true", reach, f"LIMIT {WALKED}", unit_by_unit=True))
    return [
        f"(SELECT * FROM (SELECT * FROM ({numbers}) all_numbers LIMIT {WALKED}) w WHERE value LIKE %({of}_inside)s)"
    ]
