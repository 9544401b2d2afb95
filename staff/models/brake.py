from django.db import models


class Brake(models.Model):
    """How often somebody lately tried to sign in, and when the next try is allowed. Operations: `staff.brake`."""

    key = models.CharField(max_length=64, primary_key=True)  # keyed hash; neither name nor address is kept
    tries = models.PositiveIntegerField()
    next_at = models.DateTimeField()
    forget_at = models.DateTimeField()

    def __str__(self):
        return f"{self.tries}, next at {self.next_at:%H:%M:%S}"
