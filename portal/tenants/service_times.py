"""What a council promises, and how soon: read with its settings, never sooner than its own clock allows."""

from __future__ import annotations

from dataclasses import dataclass

from portal.tenants.reading import Reader


@dataclass(frozen=True)
class ServiceTimes:
    """Working days, but for what is urgent (hours); 0 promises nothing."""

    decide_working_days: int
    urgent_hours: int
    acknowledge_working_days: int = 0
    answer_working_days: int = 0
    early_help_working_days: int = 0


def read_times(top: Reader, decide_working_days: int, urgent_hours: int) -> ServiceTimes:
    """The group `service_times`, which may be missing: then the clock's own times are promised and nothing else."""
    if not top.has("service_times"):
        top.value("service_times", required=False)
        return ServiceTimes(decide_working_days, urgent_hours)
    group = top.group("service_times")
    before = len(group.mistakes)
    times = ServiceTimes(
        decide_working_days=group.number("decide_working_days", 1, 20),
        urgent_hours=group.number("urgent_hours", 1, 24),
        acknowledge_working_days=group.number("acknowledge_working_days", 0, 20, 0),
        answer_working_days=group.number("answer_working_days", 0, 20, 0),
        early_help_working_days=group.number("early_help_working_days", 0, 60, 0),
    )
    if len(group.mistakes) == before:
        _check(group, times, decide_working_days, urgent_hours)
    group.finish()
    return times


def _check(group: Reader, times: ServiceTimes, decide_working_days: int, urgent_hours: int) -> None:
    if times.urgent_hours < urgent_hours:
        group.wrong(
            "urgent_hours", f"“urgent_hours” promises {times.urgent_hours} hours, and the clock allows {urgent_hours}"
        )
    if times.decide_working_days < decide_working_days:
        group.wrong(
            "decide_working_days",
            f"“decide_working_days” promises {times.decide_working_days} days, and the clock allows"
            f" {decide_working_days}",
        )
    if times.acknowledge_working_days > times.decide_working_days:
        group.wrong("acknowledge_working_days", "“acknowledge_working_days” must not be later than the decision")
