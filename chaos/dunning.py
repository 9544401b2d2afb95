"""Dunning under fire: what is still to happen, and what became of it by three books: the product's, the gateway's and
the billing system's.
"""

from collections import Counter

from chaos.rungs import DAY, HELD, OWED, by_name

# What has not come to its end, by name.
OPEN = {
    "requests": "SELECT count(*) FROM billing_servicerequest WHERE state IN ('asked', 'accepted')",
    "planned steps": """
        SELECT count(*) FROM billing_casestep WHERE state = 'planned' AND look_at < now() + interval '5 seconds'
    """,
    "steps to plan": f"""
        SELECT count(*) FROM billing_dunningcase c JOIN staff_unit u ON u.id = c.branch_id
        WHERE c.state <> 'closed' AND c.next_on <= {DAY} AND NOT {HELD}
          AND NOT EXISTS (SELECT FROM billing_casestep s WHERE s.case_id = c.id AND s.step_id = c.next_step_id)
    """,
    "messages": """
        SELECT count(*) FROM outreach_message WHERE key LIKE 'dunning:%'
          AND (state IN ('planned', 'submitting') OR state = 'unknown' AND next_at IS NOT NULL)
    """,
    "reminders": """
        SELECT count(*) FROM billing_casestep s JOIN outreach_message m ON m.id = s.message_id
        WHERE NOT s.recorded AND m.state IN ('accepted', 'delivered')
    """,
    "accounts without a case": """
        SELECT count(DISTINCT b.account_id) FROM billing_bill b JOIN billing_account a ON a.id = b.account_id
        WHERE a.ref LIKE 'CHAOS-%' AND b.open > 0 AND NOT EXISTS (
            SELECT FROM billing_dunningcase c WHERE c.account_id = b.account_id AND c.state <> 'closed')
    """,
}
STILL_OPEN = by_name(OPEN)
# The message `m` may have come to a phone, its gateway cannot be asked, and it was not to be sent again, since by then
# nothing was owed.
SETTLED_IN_DOUBT = f"""
    m.state = 'unknown' AND m.next_at IS NULL AND EXISTS (
        SELECT FROM outreach_decision d JOIN billing_casestep s ON s.id = m.about_id
        JOIN billing_dunningcase c ON c.id = s.case_id JOIN staff_unit u ON u.id = c.branch_id
        WHERE d.message_id = m.id AND d.reason = 'unwanted_in_doubt' AND NOT EXISTS (
            SELECT FROM billing_bill b WHERE b.account_id = c.account_id AND {OWED.format(at="d.at")}))
"""
# What the faults found, and since then: since `%(since)s`.
BOOK = f"""
    SELECT json_build_object(
        'messages', (SELECT coalesce(json_agg(json_build_array(about_id, ref, state, {SETTLED_IN_DOUBT})), '[]')
                     FROM outreach_message m WHERE about_type = 'billing.casestep'),
        'lines', (SELECT json_object_agg(id, status) FROM customers_line),
        'paid', (SELECT coalesce(json_agg(ref), '[]') FROM billing_payment WHERE ref LIKE 'SIM-CHAOS-%%'),
        'taken_back', (SELECT coalesce(json_agg(ref), '[]') FROM billing_payment
                       WHERE ref LIKE 'SIM-CHAOS-%%' AND reversed_at IS NOT NULL),
        'steps', (SELECT count(*) FROM billing_casestep WHERE state = 'done' AND done_at >= %(since)s),
        'stops', (SELECT count(*) FROM billing_servicerequest
                  WHERE origin = 'arrears' AND key LIKE 'dunning:%%' AND asked_at >= %(since)s),
        'withdrawn', (SELECT count(*) FROM billing_servicerequest WHERE state = 'withdrawn' AND asked_at >= %(since)s),
        'restorations', (SELECT count(*) FROM billing_servicerequest WHERE origin = 'paid' AND asked_at >= %(since)s))
"""


def verdict(wrong, book, taken, payers, before, stands):
    """(a line of what was lost, doubled or different, whether nothing was).

    `wrong`: {what: accounts}, as `rungs.WRONG` lists them; `book`: as BOOK has it; `taken`: how often the gateway took
    each reference; `before`: {line: status} before the faults; `stands`: {line: status} as the billing system has it.
    """
    accounts = sorted({account for found in wrong.values() for account in found})
    wrong = Counter({what: len(found) for what, found in wrong.items()})
    left = sum(in_doubt for _step, _ref, _state, in_doubt in book["messages"])
    wrong += _messages(book["messages"], taken) + _payments(book, payers) + _lines(book, before, stands)
    names = ("steps", "stops", "withdrawn", "restorations")
    figures = {name: book[name] for name in names} | {"payments": len(book["paid"]), "back": len(book["taken_back"])}
    said = (
        "dunning: {steps} steps done, {stops} stops asked for, {withdrawn} requests withdrawn, {restorations} "
        "restorations, {payments} payments, {back} taken back: "
    ).format(**figures)
    sums = [f"{_sum(wrong, word)} {word}" for word in ("lost", "doubled")]
    named = ("stops without a reminder", "messages after the payment", "lines stand otherwise")
    said += ", ".join(sums + [f"{wrong[name]} {name}" for name in named])
    said += f", {left} left in doubt by a payment" + "".join(f"\n{n:6} {what}" for what, n in wrong.items())
    return said + (f"\n       accounts: {accounts}" if accounts else ""), not wrong


def _sum(wrong, word):
    return sum(n for what, n in wrong.items() if what.endswith(word))


def _messages(rows, taken):
    """Of each step one message came to a phone, and what is said to be sent did; a payment may leave one in doubt."""
    came = Counter()
    for step, ref, _state, _in_doubt in rows:
        came[step] += taken[ref]
    sent = [ref for _step, ref, state, _in_doubt in rows if state in ("accepted", "delivered")]
    open_still = ("planned", "submitting", "unknown", "failed")
    not_sent = [ref for _step, ref, state, in_doubt in rows if state in open_still and not in_doubt]
    return +Counter(
        {
            "message lost": sum(not taken[ref] for ref in sent) + len(not_sent),
            "message doubled": sum(n > 1 for n in came.values()),
        }
    )


def _payments(book, payers):
    lost = len(payers.paid - set(book["paid"])) + len(payers.taken_back - set(book["taken_back"]))
    strange = len(set(book["paid"]) - payers.paid) + len(set(book["taken_back"]) - payers.taken_back)
    return +Counter({"payment lost": lost, "payment doubled": strange})


def _lines(book, before, stands):
    wanted = {int(line): status for line, status in before.items()} | stands
    found = {int(line): status for line, status in book["lines"].items()}
    differ = sum(found.get(line) != wanted.get(line) for line in found.keys() | wanted.keys())
    return +Counter({"lines stand otherwise": differ})
