"""The least a page can cost: the whole middleware, a signed-in person, one indexed query, a small template."""

from django.shortcuts import render

from customers.models import Customer


def bare(request, pk):
    row = Customer.objects.only("number", "name").get(pk=pk)
    return render(request, "bench/bare.html", {"row": row})
