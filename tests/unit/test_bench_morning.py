"""The simulated morning keeps the laws of queues."""

from dataclasses import replace

import pytest

from tests.bench.morning import Dossier, day, pass_day
from tests.bench.service_times import ServiceTimes

TIMES = ServiceTimes(looks_s=(0.5, 0.7), read_s=1.5, start_s=4.0)


def test_a_dossier_that_finds_all_idle_waits_for_its_own_work_alone() -> None:
    morning = pass_day([Dossier(0.0, (0.5, 0.5), 10.0)], workers=1, looking_cores=1)
    assert morning.filed_s == (5.0,)  # two cores
    assert morning.verdicts_s == (0.5, 1.0)
    assert morning.most_waiting == 0


def test_a_second_dossier_waits_for_the_first() -> None:
    both = [Dossier(0.0, (), 10.0), Dossier(1.0, (), 10.0)]
    assert pass_day(both, workers=1, looking_cores=1).filed_s == (5.0, 9.0)
    assert pass_day(both, workers=2, looking_cores=1).filed_s == (5.0, 5.0)


def test_a_quarter_of_the_day_comes_in_the_hour_after_eight() -> None:
    came = [dossier.at_s / 3600 for dossier in day(2_000, 8, TIMES)]
    assert len(came) == 2_000
    assert sum(8 <= at < 9 for at in came) == 500
    assert came == sorted(came)


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_one_more_worker_makes_nobody_wait_longer(workers: int) -> None:
    dossiers = day(2_000, 8, TIMES)
    few, more = (pass_day(dossiers, workers=n, looking_cores=2).filed_s for n in (workers, workers + 1))
    assert all(later <= sooner + 1e-6 for later, sooner in zip(more, few, strict=True))


def test_a_worker_is_never_busier_than_the_hour_is_long() -> None:
    slow = replace(TIMES, read_s=60.0)
    assert pass_day(day(500, 8, slow), workers=1, looking_cores=1).busy_in_peak == pytest.approx(1.0, abs=1e-3)
