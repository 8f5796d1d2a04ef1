"""Addresses of the desk, its filters, and what one did."""

from django.urls import path

from . import desk_views, history_page, saved_filter_pages

urlpatterns = [
    path("ban-viec/", desk_views.desk, name="desk"),
    path("ban-viec/loc/", desk_views.filter_panel, name="filter_panel"),
    path("ban-viec/tiep/", desk_views.onward, name="onward"),
    path("ban-viec/bo-loc/", saved_filter_pages.filters, name="filters"),
    path("ban-viec/bo-loc/luu/", saved_filter_pages.keep, name="keep_filter"),
    path("ban-viec/bo-loc/<int:pk>/", saved_filter_pages.change, name="change_filter"),
    path("ban-viec/bo-loc/<int:pk>/xoa/", saved_filter_pages.remove, name="remove_filter"),
    path("viec-da-lam/", history_page.history, name="history"),
]
