"""The product's pages, and the bare view they are measured against."""

from django.urls import path

from bench.floor import bare
from crm.urls import handler400, handler403, handler404, handler500, urlpatterns  # noqa: F401

urlpatterns = [path("bench/bare/<int:pk>/", bare), *urlpatterns]
