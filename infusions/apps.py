from django.apps import AppConfig


class InfusionsConfig(AppConfig):
    name = "infusions"

    def ready(self) -> None:
        from clinic import frame
        from clinic.gathering import Given
        from clinic.policy import Action
        from infusions import (
            adverse,
            arrival_paying,
            booster_tasks,
            booster_visits,
            boosters,
            checkin_card,
            note_tasks,
            panels,
            paper_tasks,
            questionnaires,
            relapse,
            response,
            series,
            stopping,
            units,
        )
        from infusions.lengths import known
        from infusions.series import follow_visit, resting
        from insurance import answers, authorizations
        from patients import consents, evaluations, labs, measures
        from reminders import sweeping
        from visits import changes, followers, lengths, matching, patient_times

        authorizations.count_with(units.used)
        followers.add(follow_visit)
        followers.add(questionnaires.follow)
        followers.add(booster_tasks.follow_visit)
        answers.after_answer.append(booster_tasks.follow_answer)
        changes.before_arrival.append(arrival_paying.object_to)
        measures.after_record += [response.follow_measure, relapse.follow_measure]
        boosters.after_plan += [booster_tasks.follow_plan, relapse.follow_plan]
        series.after_stop += [stopping.follow, response.follow_stop]
        lengths.know_from(known)
        matching.pauses.append(resting)
        patient_times.keeping.append(booster_visits.kept_by_patient)
        evaluations.after_sign.append(paper_tasks.after_sign)
        consents.after_change.append(paper_tasks.after_consent)
        labs.after_change.append(paper_tasks.after_result)
        for watched in (note_tasks.WATCH, *paper_tasks.WATCHES):
            sweeping.find_with(watched.look)
        panels.register("checkin", checkin_card.last)
        frame.count_for("infusions:adverse-events", adverse.waiting().filter(site=Given("site")), Action.REVIEW_ADVERSE)
