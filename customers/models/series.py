"""Customer numbers made by the branch itself."""

from django.db import connection, models

from staff.models import Unit

TAKE = """
    INSERT INTO customers_numberseries (branch_id, last) VALUES (%s, 1)
    ON CONFLICT (branch_id) DO UPDATE SET last = customers_numberseries.last + 1
    RETURNING last
"""


class NumberSeries(models.Model):
    """The last customer number a branch made. Two who take one at once wait for each other."""

    branch = models.OneToOneField(Unit, models.PROTECT, primary_key=True, related_name="+")
    last = models.PositiveBigIntegerField()

    class Meta:
        verbose_name_plural = "number series"

    def __str__(self):
        return f"{self.branch_id}: {self.last}"

    @classmethod
    def take(cls, branch):
        """The next number of the branch, as text of ten digits; call it inside a transaction."""
        with connection.cursor() as cursor:
            cursor.execute(TAKE, [branch.pk])
            return f"{cursor.fetchone()[0]:010}"
