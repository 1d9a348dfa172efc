"""Makes the work pool, its queues and the deployments on the Prefect server that the environment names.

Run it at each start and after each upgrade (`python -m flows.deploy`): what is there already is brought up to date, and
scheduled runs that piled up while no worker ran are dropped.

A deployment has no concurrency limit of Prefect's: its server keeps the leases of such limits in memory, so a slot that
was taken when the whole group lost its power stays taken, and no sweep would ever run again. That a schedule does not
overlap itself is seen to by a turn in our own database, which expires.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectAlreadyExists
from prefect.flows import Flow
from prefect.types.entrypoint import EntrypointType
from prefect.workers.process import ProcessWorker

from flows.batch import receive_folder
from flows.digitise import digitise_submission, read_pages
from flows.nightly import close_log, keep_figures, mark_papers
from flows.sweep import sweep
from flows.sync import sync
from flows.verify import verify_sample
from pipeline.adapters.flow_server import DEPLOYMENT, QUEUES, UPKEEP, WORK_POOL
from pipeline.settings import Settings, load_settings

_CLOSE_AT = "10 17 * * *"
_FIGURES_AT = "20 17 * * *"
_MARKS_AT = "30 18 * * *"
_VERIFY_AT = "30 19 * * *"
"""UTC: 00:10, 00:20, 01:30 and 02:30 at the counters. Days there begin at 17:00 UTC all the year round."""


async def deploy(settings: Settings) -> None:
    """Create or update everything; running it again changes nothing."""
    async with get_client() as client:
        template = ProcessWorker.get_default_base_job_template()
        pool = WorkPoolCreate(name=WORK_POOL, type=ProcessWorker.type, base_job_template=template)
        await client.create_work_pool(pool, overwrite=True)
        for priority, name in enumerate(QUEUES, start=1):
            limit = settings.backlog_runs if name == "backlog" else None
            await _make_queue(client, name, priority, limit)
    await _deploy_flow(digitise_submission, "counter")
    await _deploy_flow(read_pages, "counter")
    # What takes seconds and is not to wait goes with the counter; what takes minutes waits for everything else.
    await _deploy_flow(receive_folder, "counter", interval=timedelta(minutes=1))
    await _deploy_flow(sweep, "counter", interval=timedelta(minutes=2))
    if not settings.reads_here:
        await _deploy_flow(sync, "counter", interval=timedelta(minutes=1))
    await _deploy_flow(close_log, UPKEEP, cron=_CLOSE_AT)
    await _deploy_flow(keep_figures, UPKEEP, cron=_FIGURES_AT)
    await _deploy_flow(mark_papers, UPKEEP, cron=_MARKS_AT)
    await _deploy_flow(verify_sample, UPKEEP, cron=_VERIFY_AT)


async def _make_queue(client: PrefectClient, name: str, priority: int, limit: int | None) -> None:
    with suppress(ObjectAlreadyExists):
        await client.create_work_queue(name, priority=priority, work_pool_name=WORK_POOL)
    queue = await client.read_work_queue_by_name(name, work_pool_name=WORK_POOL)
    await client.update_work_queue(queue.id, priority=priority, concurrency_limit=limit)


async def _deploy_flow(flow: Flow[..., Any], queue: str, **schedule: Any) -> None:
    # By module path, not by file: a worker finds the flow wherever hoso is installed on its machine.
    deployment = RunnerDeployment.from_flow(
        flow,
        name=DEPLOYMENT,
        work_pool_name=WORK_POOL,
        work_queue_name=queue,
        entrypoint_type=EntrypointType.MODULE_PATH,
        **schedule,
    )
    await deployment.aapply()


if __name__ == "__main__":
    asyncio.run(deploy(load_settings()))
