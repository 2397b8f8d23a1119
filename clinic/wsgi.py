import os

import redis  # noqa: F401 - 8 MB that the cache would load at the first sign-in of each worker, for itself alone
from django.core.wsgi import get_wsgi_application
from django.template.loader import get_template
from django.urls import reverse

from clinic.collecting import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
application = get_wsgi_application()
# Routes, their views and the frame of every page: loaded once for all workers, and before the first request of each.
reverse("account_login")
get_template("frame/base.html")
settle()
