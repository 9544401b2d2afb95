"""What an answer shows of a record."""

from rest_framework import serializers


class Shape(serializers.Serializer):
    """`prepare` may hang on the row what its fields are drawn from."""

    def to_representation(self, row):
        self.prepare(row, self.context["request"].user)
        return super().to_representation(row)

    def prepare(self, row, user):
        """Nothing, unless a shape needs it."""


class PersonNamed(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField(source="__str__")


class UnitNamed(serializers.Serializer):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField(source="__str__")


class Coded(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField(source="__str__")
