#!/usr/bin/env python3
"""Django's command line. `bin/manage` calls it with the database and Valkey up; see the README."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "djpk.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
