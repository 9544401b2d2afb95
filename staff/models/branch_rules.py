"""The numbers a part of the product is judged by: one row for a branch."""

from django.db import models


class BranchRules(models.Model):
    """Rules of one part for one branch, which a subclass names with its fields and the field `branch`."""

    class Meta:
        abstract = True

    def __str__(self):
        return str(self.branch)

    @classmethod
    def of(cls, branch):
        """The rules of a branch (record or id); the defaults, not saved, where nobody has set any."""
        branch_id = getattr(branch, "pk", branch)
        return cls.objects.filter(branch=branch_id).first() or cls(branch_id=branch_id)
