"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "awooop.settings")

application = get_wsgi_application()

from awooop import warm  # noqa: E402 - the settings are read by now

warm.up()
