"""Files that the API answers with; problems are JSON all the same."""

from rest_framework.renderers import JSONRenderer


class CSV(JSONRenderer):
    """Only chosen by who asks for text/csv."""

    media_type, format = "text/csv", "csv"
