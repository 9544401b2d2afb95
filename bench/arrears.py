"""A branch with a million accounts, one in six of them overdue, filled as fast as the database takes rows.

Only while it is filled no trigger fires and no key is checked: the rows are right as they are made, with the sums that
the triggers would have kept. Whatever is measured afterwards works with every index, key and trigger of the product.
"""

import contextlib

HALLS = 50  # one of them is what a hall serves, one manager looks after MANAGED of its customers
MANAGED = 400
LATE = 6  # one in so many is overdue; every second one of them has two bills
CUSTOMERS = """
    INSERT INTO customers_customer (branch_id, unit_id, manager_id, number, kind, status, name, pinyin, initials,
        language, address, tier_id, locked_high_value, payment_way, tags, version)
    SELECT b.id, halls.ids[1 + n %% cardinality(halls.ids)],
        CASE WHEN n %% cardinality(halls.ids) = 0 AND n <= cardinality(halls.ids) * %(managed)s
             THEN (SELECT id FROM staff_user WHERE username = 'manager') END,
        'K' || n, 'personal', 'active', '李' || n, '', '', 'zh-hans', '', t.id, false, '', '[]', 1
    FROM generate_series(1, %(size)s) n, staff_unit b,
        (SELECT array_agg(id ORDER BY id) AS ids FROM staff_unit WHERE kind = 'hall') halls,
        (SELECT id FROM customers_tier ORDER BY "order" DESC LIMIT 1) t
    WHERE b.kind = 'branch'
"""
LINES = """
    INSERT INTO customers_line (branch_id, customer_id, ref, number, kind, status, options)
    SELECT branch_id, id, number, '', CASE WHEN id % 4 = 0 THEN 'broadband' ELSE 'mobile' END, 'active', '[]'
    FROM customers_customer
"""
# The n-th bill of an account is overdue for 5 * n days, or due in ten.
BILLED = """
    SELECT c.id AS customer_id, n, c.id %% %(late)s = 0 AS is_late, 19 + c.id %% 200 AS amount
    FROM customers_customer c CROSS JOIN generate_series(1, 2) n WHERE n = 1 OR c.id %% (2 * %(late)s) = 0
"""
ACCOUNTS = f"""
    INSERT INTO billing_account (branch_id, customer_id, ref, name, currency, way, credit_limit, unbilled, owed, credit,
        version)
    SELECT c.branch_id, c.id, 'A' || substr(c.number, 2), '', 'CNY', 'other', 0, 0, billed.sum, 0, 1
    FROM customers_customer c JOIN (SELECT customer_id, sum(amount) FROM ({BILLED}) each GROUP BY 1) billed
        ON billed.customer_id = c.id
    ORDER BY c.id
"""
BILLS = f"""
    INSERT INTO billing_bill (branch_id, account_id, ref, month, issued_on, due_on, amount, adjusted, paid, weighed_at)
    SELECT a.branch_id, a.id, 'B' || a.id || '-' || n, date_trunc('month', current_date - 40), current_date - 40,
        CASE WHEN is_late THEN current_date - 5 * n ELSE current_date + 10 END, amount, 0, 0, now()
    FROM ({BILLED}) each JOIN billing_account a USING (customer_id)
"""
FILLING = (CUSTOMERS, LINES.replace("%", "%%"), ACCOUNTS, BILLS)


def fill(stage, name, size, statements=FILLING):
    """Of the database `name`, in which the branch, its halls and people stand."""
    with unguarded(stage, name) as cursor:
        for statement in statements:
            cursor.execute(statement, {"size": size, "late": LATE, "managed": MANAGED})
    stage.query("VACUUM ANALYZE", database=name)


@contextlib.contextmanager
def unguarded(stage, name):
    """A cursor of the superuser whose rows no trigger and no key looks at; committed at the end."""
    with contextlib.closing(stage.servers.postgres.connect(name)) as link, link, link.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET work_mem = '256MB'")
        yield cursor


def people():
    """The branch, its halls, a head and a manager; and how it duns."""
    from billing import starter
    from customers.starter import plant_tiers
    from staff.models import Posting, Unit, User

    since = {"valid_from": "2020-01-01"}
    branch = placed(Unit(kind="branch", code="BENCH", name="测试分公司", **since))
    place = {"parent": branch, "branch": branch, "kind": "hall"} | since
    halls = [placed(Unit(code=f"H{n}", name=f"{n}厅", **place)) for n in range(HALLS)]
    plant_tiers(branch)
    starter.plant(branch)
    posts = {"head": ("branch_head", branch), "duty": ("duty_manager", halls[0]), "manager": ("vip_manager", halls[0])}
    for username, (role, unit) in posts.items():
        person = User.objects.create(username=username, name="李", branch=branch, password="!")
        Posting.objects.create(user=person, role=role, unit=unit, **since)


def placed(unit):
    unit.save()
    unit.path = f"{unit.parent.path if unit.parent else ''}{unit.pk}/"
    unit.save(update_fields=["path"])
    return unit
