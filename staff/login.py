from django.contrib.auth.backends import ModelBackend


class Backend(ModelBackend):
    """Sign-in by name and password."""
