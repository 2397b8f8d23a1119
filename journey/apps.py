from django.apps import AppConfig


class JourneyConfig(AppConfig):
    name = "journey"

    def ready(self) -> None:
        from clinic import metrics
        from infusions import series
        from infusions.stopping import AfterStop, after_stop
        from insurance import authorizations, estimate_watch, estimates, fees, lapses, verification
        from journey import (
            approvals,
            emergency,
            estimating,
            first_ever,
            first_words,
            plan_ends,
            record_marks,
            renewals,
            repair_tasks,
            reviewing,
            stopping,
            summary_tasks,
            tasks,
        )
        from journey.series import close_estimate_task
        from patients import consents, links
        from reminders import sweeping
        from therapy import private
        from visits import followers

        followers.add(repair_tasks.follow_visit)
        followers.add(approvals.follow_visit)
        followers.add(renewals.follow_visit)
        sweeping.find_with(renewals.WATCH.look)
        series.after_complete.append(summary_tasks.ask)
        followers.add(first_ever.follow_visit)
        followers.add(first_words.follow_visit)
        # Plans before estimates, units before renewals, as below: the rows of one patient are locked in one order.
        followers.add(plan_ends.follow_visit)
        followers.add(estimating.follow_visit)
        after_stop.append(AfterStop(stopping.foresee, stopping.follow))
        emergency.after_open.append(tasks.tell_on_commit)
        private.objections.append(record_marks.forbids_destroying)
        metrics.gauges["evenkeel_to_review"] = ("Accesses that nobody has judged", "kind", reviewing.waiting)
        links.starts |= {"curve": "own:curve", "visits": "own:visits"}
        verification.after_estimate.append(close_estimate_task)
        authorizations.after_change.append(approvals.follow_authorization)
        authorizations.after_change.append(renewals.follow_authorization)
        authorizations.after_change.append(plan_ends.follow_authorization)
        lapses.after_change.append(plan_ends.follow)
        consents.after_change.append(plan_ends.follow_consent)
        estimates.courses.append(estimating.course)
        estimates.after_make.append(estimating.ask_to_give)
        estimates.after_give.append(estimating.close_tasks)
        estimates.after_change.append(estimating.ask_anew)
        estimate_watch.after_exceed.append(estimating.warn)
        lapses.after_change.append(estimating.follow_patient)
        fees.after_change.append(estimating.follow_prices)
