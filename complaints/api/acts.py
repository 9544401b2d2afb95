"""Doing something with a complaint through the second door: the operations of its page."""

from uuid import uuid4

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema

from complaints import acts, assigning, handling
from complaints.api import act_bodies as bodies
from complaints.api.complaints import seen_by
from complaints.api.shapes import ComplaintShape
from complaints.models.complaints import VIEW
from door.endpoint import Endpoint
from door.once import once


def described(name, summary, body):
    return extend_schema(operation_id=f"complaint_{name}", summary=summary, request=body, responses=ComplaintShape)


def fresh_key():
    """The door keeps one answer for one idempotency key, so each request that comes this far is another wish."""
    return f"api:{uuid4()}"


class Act(Endpoint):
    scope, rights = "complaints", {"POST": VIEW}

    def done(self, pk, operate, body, *, rows=acts.handles, **more):
        told = self.said(body) | more
        one = get_object_or_404(rows(seen_by(self.request.user), self.request.user), pk=pk)
        operate(one, by=self.request.user, **told)
        return self.one(ComplaintShape, get_object_or_404(seen_by(self.request.user), pk=pk))


class Assign(Act):
    @described("assign", _("Assign a complaint"), bodies.NewComplaintOwner)
    @once
    def post(self, request, pk):
        return self.done(pk, _assign, bodies.NewComplaintOwner)


def _assign(one, *, by, owner=None, edition=None):
    if owner:
        return assigning.assign(one, owner, by=by, edition=edition)
    return assigning.dispatch(one, by=by, edition=edition)


class HandOver(Act):
    @described("hand_over", _("Hand a complaint over to another owner"), bodies.ComplaintHandOver)
    @once
    def post(self, request, pk):
        return self.done(pk, assigning.hand_over, bodies.ComplaintHandOver, rows=acts.leads)


class Contact(Act):
    @described("contact", _("Note a contact with the customer, or a try"), bodies.NewComplaintContact)
    @once
    def post(self, request, pk):
        return self.done(pk, handling.contact, bodies.NewComplaintContact, key=fresh_key())


class NoteDown(Act):
    @described("note", _("Note something about a complaint"), bodies.NewComplaintNote)
    @once
    def post(self, request, pk):
        return self.done(pk, handling.note, bodies.NewComplaintNote, key=fresh_key())


class Wait(Act):
    @described("wait", _("Wait for the customer"), bodies.WaitForCustomer)
    @once
    def post(self, request, pk):
        """For as long as the rules of the branch allow; it goes on by itself then."""
        return self.done(pk, handling.wait_for_customer, bodies.WaitForCustomer)


class GoOn(Act):
    @described("go_on", _("Go on after waiting"), bodies.GoOnWithComplaint)
    @once
    def post(self, request, pk):
        return self.done(pk, handling.go_on, bodies.GoOnWithComplaint)


class Resolve(Act):
    @described("resolve", _("Resolve a complaint"), bodies.ComplaintResult)
    @once
    def post(self, request, pk):
        """Whoever caused it, the customer has been told; somebody else calls back."""
        return self.done(pk, handling.resolve, bodies.ComplaintResult)


class Withdraw(Act):
    @described("withdraw", _("The customer takes a complaint back"), bodies.ComplaintReason)
    @once
    def post(self, request, pk):
        return self.done(pk, handling.withdraw, bodies.ComplaintReason)


class Reject(Act):
    @described("reject", _("A complaint is not ours"), bodies.RejectComplaint)
    @once
    def post(self, request, pk):
        return self.done(pk, handling.reject, bodies.RejectComplaint, rows=acts.leads)


class Reopen(Act):
    @described("reopen", _("Reopen a closed complaint, one level up"), bodies.ReopenComplaint)
    @once
    def post(self, request, pk):
        return self.done(pk, handling.reopen_closed, bodies.ReopenComplaint, rows=acts.leads, at=timezone.now())
