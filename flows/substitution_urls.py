"""Addresses of who stands in for whom, and of keeping away from a dossier."""

from django.urls import path

from . import recusal_pages, substitution_pages

urlpatterns = [
    path("thay/", substitution_pages.substitutions, name="substitutions"),
    path("thay/giao/", substitution_pages.substitution_new, name="substitution_new"),
    path("thay/<int:pk>/ket-thuc/", substitution_pages.substitution_end, name="substitution_end"),
    path("ho-so/<str:code>/co-lien-quan/", recusal_pages.recuse, name="recuse"),
    path("ho-so/<str:code>/co-lien-quan/rut/", recusal_pages.unrecuse, name="unrecuse"),
]
