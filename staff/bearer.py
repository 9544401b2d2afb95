"""Who asks through the API: a program by its person's token, or the person by their session."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions

from staff.models import Token


class BearerToken(authentication.BaseAuthentication):
    """`Authorization: Bearer crm_…`. Withdrawn, expired, unknown, of a disabled person: the same 401."""

    def authenticate(self, request):
        scheme, _space, value = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return None
        token = Token.find(value.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            raise exceptions.AuthenticationFailed(_("This token is not, or no longer, in force."))
        return token.user, token

    def authenticate_header(self, request):
        return 'Bearer realm="api"'


class BearerTokenScheme(OpenApiAuthenticationExtension):
    target_class = BearerToken
    name = "token"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer"}
