"""Django's admin with our site, so that `admin.py` files register on it as usual."""

from django.contrib.admin.apps import AdminConfig


class DeringAdminConfig(AdminConfig):
    default_site = "djpk.admin_site.DeringAdminSite"
