"""The first page after signing in: what to do now."""

from django.shortcuts import render


def home(request):
    return render(request, "home/home.html")
