"""An import in a real browser: upload, bar, report."""

import pytest

from patients.imports import jobs
from patients.models import ImportJob
from tests.patients.importing import SYNTHEA, zipped

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_folder_is_uploaded_runs_and_reports(live_server, signed_in, clinic_admin, axe) -> None:
    """Given a zip, when it is uploaded, then the page waits, draws the bar and shows the report by itself."""
    page = signed_in(clinic_admin)
    page.goto(f"{live_server.url}/patients/import/")
    assert axe(page) == {}
    page.get_by_role("button", name="Import").click()
    page.get_by_text("Choose the file to import.").first.wait_for()
    assert axe(page) == {}
    page.get_by_text("Synthea folder, zipped").click()
    content = zipped({path.name: path.read_bytes() for path in SYNTHEA.iterdir()})
    page.get_by_label("File").set_input_files({"name": "synthea.zip", "mimeType": "application/zip", "buffer": content})
    page.get_by_role("button", name="Import").click()
    page.get_by_text("Waiting.").wait_for()
    assert axe(page) == {}
    job = ImportJob.objects.get()
    ImportJob.objects.update(state="running", total=400, handled=100)
    page.get_by_text("100 of 400").wait_for()
    assert axe(page) == {}
    jobs.run(job_id=job.pk)
    page.get_by_text("2682 taken, new").wait_for()
    assert axe(page) == {}
    page.get_by_role("link", name="Skipped").click()
    page.get_by_text("The same as line").first.wait_for()
    page.set_viewport_size({"width": 820, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= 820
    page.goto(f"{live_server.url}/patients/import/")
    assert axe(page) == {}
