"""Addresses of the register, of invitations, and of the demo's two liberties."""

from django.urls import include, path

from . import bodies, calendar_pages, demo, views

register = [
    path("quan-tri/nguoi/", views.people, name="people"),
    path("quan-tri/nguoi/them/", views.person_add, name="person_add"),
    path("quan-tri/nguoi/<int:pk>/", views.person, name="person"),
    path("quan-tri/nguoi/<int:pk>/sua/", views.person_change, name="person_change"),
    path("quan-tri/nguoi/<int:pk>/moi/", views.person_invite, name="person_invite"),
    path("quan-tri/nguoi/<int:pk>/ngung/", views.person_deactivate, name="person_deactivate"),
    path("quan-tri/nguoi/<int:pk>/mo-lai/", views.person_reactivate, name="person_reactivate"),
    path("quan-tri/nguoi/<int:pk>/phan-cong/", views.appoint, name="appoint"),
    path("quan-tri/phan-cong/<int:pk>/ket-thuc/", views.appointment_end, name="appointment_end"),
    path("quan-tri/don-vi/", bodies.bodies, name="bodies"),
    path("quan-tri/don-vi/them/", bodies.body_add, name="body_add"),
    path("quan-tri/don-vi/<int:pk>/", bodies.body, name="body"),
    path("quan-tri/don-vi/<int:pk>/sua/", bodies.body_change, name="body_change"),
    path("quan-tri/don-vi/<int:pk>/ket-thuc/", bodies.body_end, name="body_end"),
    path("lich-lam-viec/", calendar_pages.year, name="calendar"),
    path("lich-lam-viec.ics", calendar_pages.days_file, name="calendar_file"),
    path("lich-lam-viec/nhap/", calendar_pages.enter, name="calendar_enter"),
    path("lich-lam-viec/<int:pk>/xac-nhan/", calendar_pages.confirm, name="calendar_confirm"),
    path("lich-lam-viec/<int:pk>/rut/", calendar_pages.withdraw, name="calendar_withdraw"),
    path("loi-moi/<str:token>/", views.invitation, name="invitation"),
]

urlpatterns = [
    path("", include((register, "organizations"))),
    path("dung-thu/dang-nhap/", demo.demo_sign_in, name="demo_sign_in"),
    path("dung-thu/ngay-tiep-theo/", demo.demo_next_day, name="demo_next_day"),
]
