"""Addresses of the council on paper."""

from django.urls import path

from . import counting_pages
from . import sitting_pages as pages

urlpatterns = [
    path("phien-hop/", pages.sittings, name="sittings"),
    path("phien-hop/mo/", pages.sitting_new, name="sitting_new"),
    path("phien-hop/<str:code>/", pages.sitting, name="sitting"),
    path("phien-hop/<str:code>/dua-vao/", pages.agenda_add, name="agenda_add"),
    path("phien-hop/<str:code>/bo-ra/", pages.agenda_remove, name="agenda_remove"),
    path("phien-hop/<str:code>/bien-ban/", pages.minutes, name="sitting_minutes"),
    path("phien-hop/<str:code>/phieu/", counting_pages.counts, name="sitting_counts"),
    path("phien-hop/<str:code>/ket-luan/", pages.conclude, name="sitting_conclude"),
]
