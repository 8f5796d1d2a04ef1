"""Every address of the house: the accounts' few pages here, the rest in each floor's own urls."""

from allauth.account import views as account
from django.urls import include, path, re_path
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.generic import RedirectView
from django.views.i18n import set_language

from workflow_project.health import healthz

asked = require_http_methods(["GET", "HEAD", "POST"])  # allauth's own pages would take a PUT for a POST

# Only these of allauth's pages exist: nobody signs up, changes an address or signs in by code here.
accounts = [
    path("dang-nhap/", asked(account.login), name="account_login"),
    path("dang-xuat/", require_POST(account.logout), name="account_logout"),
    path("tai-khoan-ngung-hoat-dong/", require_safe(account.account_inactive), name="account_inactive"),
    path("doi-mat-khau/", asked(account.password_change), name="account_change_password"),
    path("quen-mat-khau/", asked(account.password_reset), name="account_reset_password"),
    path("quen-mat-khau/da-gui/", require_safe(account.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^dat-mat-khau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        asked(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "dat-mat-khau/xong/",
        require_safe(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    # allauth sends a person without a password here; the way to get one is the mail
    path(
        "dat-mat-khau/",
        require_safe(RedirectView.as_view(pattern_name="account_reset_password")),
        name="account_set_password",
    ),
]

urlpatterns = [
    path("", require_safe(RedirectView.as_view(url="/ban-viec/")), name="home"),
    path("healthz", healthz, name="healthz"),
    path("ngon-ngu/", require_POST(set_language), name="set_language"),
    *accounts,
    path("", include("flows.urls")),
    path("", include("dossiers.urls")),
    path("", include("decisions.urls")),
    path("", include("councils.urls")),
    path("", include("campaigns.urls")),
    path("", include("notifications.urls")),
    path("", include("organizations.urls")),
]

handler500 = "workflow_project.middleware.server_error"
