"""Incidents through the second door: named, told of and ended, with the complaints under them, as on the pages."""

from uuid import uuid4

import django_filters as filters
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema

from complaints.api import incident_bodies as bodies
from complaints.api.incident_bodies import IncidentShape
from complaints.incidents import belonging, counting, running
from complaints.incidents.views import SHOWN
from complaints.models import Incident
from complaints.models.incidents import INCIDENTS
from customers.models.lines import LineKind
from door.endpoint import Endpoint
from door.filtering import IdFilter
from door.once import once
from door.schema import listed, pages


def led_by(user):
    rows = Incident.objects.visible_to(user).led_by(user)
    return counting.counted(rows.select_related(*SHOWN))


class IncidentFilter(filters.FilterSet):
    state = filters.ChoiceFilter(label=_("State"), choices=Incident.State.choices)
    area = IdFilter(field_name="area_id", label=_("Where"))
    product = filters.ChoiceFilter(label=_("Product"), choices=LineKind.choices)


class Incidents(Endpoint):
    scope, filters = "complaints", IncidentFilter
    rights = {"GET": INCIDENTS, "POST": INCIDENTS}

    @extend_schema(
        operation_id="incidents_list", summary=_("Incidents, the newest first"), responses=listed(IncidentShape)
    )
    @pages
    def get(self, request):
        return self.page(led_by(request.user), IncidentShape, newest_first=True)

    @extend_schema(
        operation_id="incident_begin", summary=_("Name an incident"), request=bodies.NewIncident,
        responses={201: IncidentShape},
    )  # fmt: skip
    @once
    def post(self, request):
        """Clerks are shown at once what to tell customers of the place."""
        made = running.begin(by=request.user, key=f"api:{uuid4()}", **self.said(bodies.NewIncident))
        return self.one(IncidentShape, led_by(request.user).get(pk=made.pk), status=201, at="api-incident")


class OneIncident(Endpoint):
    scope, rights = "complaints", {"GET": INCIDENTS}

    @extend_schema(operation_id="incident_read", summary=_("One incident"), responses=IncidentShape)
    def get(self, request, pk):
        return self.one(IncidentShape, get_object_or_404(led_by(request.user), pk=pk))


class IncidentAct(Endpoint):
    scope, rights = "complaints", {"POST": INCIDENTS}

    def done(self, pk, operate, body):
        """`operate(incident, by=, **what the body says)`"""
        one = get_object_or_404(led_by(self.request.user), pk=pk)
        operate(one, by=self.request.user, **self.said(body))
        return self.one(IncidentShape, led_by(self.request.user).get(pk=pk))


class TellIncident(IncidentAct):
    @extend_schema(
        operation_id="incident_tell", summary=_("Say anew what customers are told"), request=bodies.IncidentTold,
        responses=IncidentShape,
    )  # fmt: skip
    @once
    def post(self, request, pk):
        """Customers of complaints under it who were sent their number hear a new text by message."""
        return self.done(pk, running.tell, bodies.IncidentTold)


class EndIncident(IncidentAct):
    @extend_schema(
        operation_id="incident_end", summary=_("End an incident"), request=bodies.IncidentEnd, responses=IncidentShape
    )
    @once
    def post(self, request, pk):
        """As a job, every complaint under it is answered and is to be called back."""
        return self.done(pk, running.end, bodies.IncidentEnd)


class AnswerRest(Endpoint):
    scope, rights = "complaints", {"POST": INCIDENTS}

    @extend_schema(
        operation_id="incident_rest", summary=_("Answer what a stopped job left over"), request=None,
        responses=IncidentShape,
    )  # fmt: skip
    @once
    def post(self, request, pk):
        """The job goes on after the last complaint that it looked at. Refused where none is left over."""
        running.answer_rest(get_object_or_404(led_by(request.user), pk=pk), by=request.user)
        return self.one(IncidentShape, led_by(request.user).get(pk=pk))


class LinkComplaints(IncidentAct):
    @extend_schema(
        operation_id="incident_link", summary=_("Bring complaints under an incident"), request=bodies.UnderIncident,
        responses=IncidentShape,
    )  # fmt: skip
    @once
    def post(self, request, pk):
        """All of them or, where one does not belong there, none."""
        return self.done(pk, belonging.link, bodies.UnderIncident)


class UnlinkComplaint(IncidentAct):
    @extend_schema(
        operation_id="incident_unlink", summary=_("A complaint is another matter"), request=bodies.NotUnderIncident,
        responses=IncidentShape,
    )  # fmt: skip
    @once
    def post(self, request, pk):
        return self.done(pk, _unlink, bodies.NotUnderIncident)


def _unlink(incident, *, by, complaint):
    if complaint.incident_id == incident.pk:
        belonging.unlink(complaint, by=by)
