from django.apps import AppConfig


class InsuranceConfig(AppConfig):
    name = "insurance"

    def ready(self) -> None:
        from clinic import frame
        from clinic.policy import Action
        from insurance import estimates, imports, payer_profiles, queue
        from patients import evaluation_facts, links
        from patients.imports import sections

        links.starts[estimates.PURPOSE] = "costs:estimate"
        sections.register("coverage", rows=imports.take_coverages, shared=imports.take_payers)
        frame.count_for("insurance:queue", queue.WAITING, Action.VERIFY_BENEFITS)
        evaluation_facts.profiles_of.append(payer_profiles.of_patient)
