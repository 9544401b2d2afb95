from django.db import migrations

# The words of complaints about somebody stood on the pages of bills, which that person may read.
NEUTRAL = "CASE u.language WHEN 'en' THEN 'Complaint about this bill' ELSE '对此账单的投诉' END"
DISPUTES = f"""
    UPDATE billing_hold h SET reason = {NEUTRAL}
    FROM complaints_complaint c, billing_account a, customers_customer u
    WHERE c.person_id IS NOT NULL AND h.branch_id = c.branch_id AND h.key = 'complaint ' || c.key
      AND a.id = h.account_id AND u.id = a.customer_id
"""
# Adjustments are never changed otherwise.
COMPENSATIONS = f"""
    SET LOCAL pgtrigger.ignore = '{{pgtrigger_append_only_7b135}}';
    UPDATE billing_adjustment j SET reason = {NEUTRAL}
    FROM complaints_compensation m, complaints_complaint c, customers_customer u
    WHERE m.adjustment_id = j.id AND c.id = m.complaint_id AND c.person_id IS NOT NULL AND u.id = c.customer_id;
    SET LOCAL pgtrigger.ignore = '{{}}'
"""


class Migration(migrations.Migration):

    dependencies = [
        ("billing", "0014_kept_sums_of_dunning"),
        ("complaints", "0014_what_files_said_last"),
        ("customers", "0003_imports_of_more_than_customers"),
    ]

    operations = [
        migrations.RunSQL(DISPUTES, migrations.RunSQL.noop),
        migrations.RunSQL(COMPENSATIONS, migrations.RunSQL.noop),
    ]
