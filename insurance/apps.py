from django.apps import AppConfig


class InsuranceConfig(AppConfig):
    name = "insurance"

    def ready(self) -> None:
        from clinic import frame
        from insurance import imports, queue
        from patients.imports import sections

        sections.register("coverage", rows=imports.take_coverages, shared=imports.take_payers)
        frame.count_for("insurance:queue", queue.waiting_for)
