"""`python -m benchmarks fill [patients]`: a group of clinics in the empty database that DATABASE_URL names."""

import os
import sys
import time


def main(arguments: list[str]) -> int:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    django.setup()
    from django.db import connection

    from benchmarks.load import fill
    from benchmarks.sizes import Size
    from clinic.models import Site

    if arguments[:1] != ["fill"]:
        sys.exit(__doc__)
    if Site.objects.exists():
        sys.exit("This database is not empty.")
    size, began = Size(int(arguments[1])) if arguments[1:] else Size(), time.monotonic()
    fill(size)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    sys.stdout.write(f"{size.patients:,} patients in {time.monotonic() - began:.0f} s.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
