"""Promises to pay and disputes through the second door: the operations of the pages."""

from decimal import Decimal
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from billing.api.narrowing import DisputeFilter, PaymentPromiseFilter
from billing.api.shapes import DisputeShape, PaymentPromiseShape, money
from billing.dunning import disputing
from billing.dunning.promises import making
from billing.dunning.promises.limits import MOST_PARTS
from billing.models import Account, Bill, Hold, PaymentPromise
from billing.models.accounts import VIEW
from door.endpoint import Endpoint
from door.fields import Body, Reachable
from door.once import once
from door.schema import listed, pages

WORDS = 300  # characters


class NewPart(Body):
    due_on = serializers.DateField()
    amount = money(min_value=Decimal("0.01"))


class NewPaymentPromise(Body):
    """`beyond`: why it goes beyond the rules of the branch; only for who works dunning, once a quarter."""

    account = Reachable(lambda user: Account.objects.visible_to(user).reached_with(making.RIGHT, user))
    parts = NewPart(many=True, min_length=1, max_length=MOST_PARTS)
    note = serializers.CharField(max_length=WORDS, required=False, allow_blank=True)
    beyond = serializers.CharField(max_length=WORDS, required=False, allow_blank=True)


class NewDispute(Body):
    bill = Reachable(lambda user: Bill.objects.visible_to(user).reached_with(disputing.BEGIN, user))
    reason = serializers.CharField(max_length=WORDS)
    until = serializers.DateField(required=False, allow_null=True)


class WhyWithdrawn(Body):
    reason = serializers.CharField(max_length=WORDS)


class Outcome(Body):
    outcome = serializers.CharField(max_length=WORDS)


def promises(user):
    rows = PaymentPromise.objects.visible_to(user).select_related("account__customer", "made_by")
    return rows.prefetch_related("parts")


def disputes(user):
    rows = Hold.objects.visible_to(user).filter(kind=Hold.Kind.DISPUTE)
    return rows.select_related("account__customer", "by")


def in_its_part(error: ValidationError):
    """What the operation says of `due_on_2`, said of the second of the parts."""
    if not hasattr(error, "error_dict"):
        return error
    detail = {}
    for name, words in error.message_dict.items():
        field, _sign, n = name.rpartition("_")
        place = detail.setdefault("parts", {}).setdefault(str(int(n) - 1), {}) if n.isdecimal() else detail
        place[field if n.isdecimal() else name] = words
    return serializers.ValidationError(detail)


class PaymentPromises(Endpoint):
    scope, filters = "billing", PaymentPromiseFilter
    rights = {"GET": VIEW, "POST": making.RIGHT}

    @extend_schema(
        operation_id="payment_promises_list", summary=_("Promises to pay, the newest first"),
        responses=listed(PaymentPromiseShape),
    )  # fmt: skip
    @pages
    def get(self, request):
        return self.page(promises(request.user), PaymentPromiseShape, newest_first=True)

    @extend_schema(
        operation_id="payment_promise_make", summary=_("Take a promise to pay"), request=NewPaymentPromise,
        responses={201: PaymentPromiseShape},
    )  # fmt: skip
    @once
    def post(self, request):
        said = self.said(NewPaymentPromise)
        parts = [(part["due_on"], part["amount"]) for part in said.pop("parts")]
        try:
            made = making.promise(said.pop("account"), parts, by=request.user, key=f"api:{uuid4()}", **said)
        except ValidationError as error:
            raise in_its_part(error) from None
        row = promises(request.user).get(pk=made.pk)
        return self.one(PaymentPromiseShape, row, status=201, at="api-payment-promise")


class OnePaymentPromise(Endpoint):
    scope, rights = "billing", {"GET": VIEW}

    @extend_schema(operation_id="payment_promise_read", summary=_("One promise to pay"), responses=PaymentPromiseShape)
    def get(self, request, pk):
        return self.one(PaymentPromiseShape, get_object_or_404(promises(request.user), pk=pk))


class WithdrawPaymentPromise(Endpoint):
    scope, rights = "billing", {"POST": making.RIGHT}

    @extend_schema(
        operation_id="payment_promise_withdraw", summary=_("Withdraw a promise to pay"), request=WhyWithdrawn,
        responses=PaymentPromiseShape,
    )  # fmt: skip
    @once
    def post(self, request, pk):
        rows = promises(request.user).reached_with(making.RIGHT, request.user)
        making.withdraw(get_object_or_404(rows, pk=pk), by=request.user, **self.said(WhyWithdrawn))
        return self.one(PaymentPromiseShape, promises(request.user).get(pk=pk))


class Disputes(Endpoint):
    scope, filters = "billing", DisputeFilter
    rights = {"GET": VIEW, "POST": disputing.BEGIN}

    @extend_schema(
        operation_id="disputes_list", summary=_("Disputed bills, the newest first"), responses=listed(DisputeShape)
    )
    @pages
    def get(self, request):
        return self.page(disputes(request.user), DisputeShape, newest_first=True)

    @extend_schema(
        operation_id="dispute_begin", summary=_("Dispute a bill"), request=NewDispute, responses={201: DisputeShape}
    )
    @once
    def post(self, request):
        """That bill alone leaves dunning; lines that were stopped for it are asked back."""
        said = self.said(NewDispute)
        made = disputing.dispute(said.pop("bill"), by=request.user, key=f"api:{uuid4()}", **said)
        return self.one(DisputeShape, disputes(request.user).get(pk=made.pk), status=201, at="api-dispute")


class OneDispute(Endpoint):
    scope, rights = "billing", {"GET": VIEW}

    @extend_schema(operation_id="dispute_read", summary=_("One disputed bill"), responses=DisputeShape)
    def get(self, request, pk):
        return self.one(DisputeShape, get_object_or_404(disputes(request.user), pk=pk))


class SettleDispute(Endpoint):
    scope, rights = "billing", {"POST": disputing.END}

    @extend_schema(
        operation_id="dispute_settle", summary=_("Settle a dispute"), request=Outcome, responses=DisputeShape
    )
    @once
    def post(self, request, pk):
        rows = disputes(request.user).reached_with(disputing.END, request.user)
        disputing.settle(get_object_or_404(rows, pk=pk), by=request.user, **self.said(Outcome))
        return self.one(DisputeShape, disputes(request.user).get(pk=pk))
