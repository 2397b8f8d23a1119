from django.apps import AppConfig


class InsuranceConfig(AppConfig):
    name = "insurance"

    def ready(self) -> None:
        from clinic import frame
        from insurance import estimates, imports, payer_profiles, queue
        from patients import evaluation_facts, links
        from patients.imports import sections

        links.starts[estimates.PURPOSE] = "costs:estimate"
        sections.register("coverage", rows=imports.take_coverages, shared=imports.take_payers)
        frame.count_for("insurance:queue", queue.waiting_for)
        evaluation_facts.profiles_of.append(payer_profiles.of_patient)
