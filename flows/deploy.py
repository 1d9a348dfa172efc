"""Makes the work pool and the deployments on the Prefect server that the environment names.

Run it at each start and after each upgrade (`python -m flows.deploy`): what is there already is brought up to date, and
scheduled runs that piled up while no worker ran are dropped.
"""

import asyncio
from datetime import timedelta
from typing import Any

from prefect import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.deployments.runner import RunnerDeployment
from prefect.flows import Flow
from prefect.types.entrypoint import EntrypointType
from prefect.workers.process import ProcessWorker

from flows.batch import receive_folder
from flows.digitise import digitise_submission, read_pages
from flows.sweep import sweep
from pipeline.adapters.flow_server import DEPLOYMENT, WORK_POOL


async def deploy() -> None:
    """Create or update everything; running it again changes nothing."""
    async with get_client() as client:
        template = ProcessWorker.get_default_base_job_template()
        pool = WorkPoolCreate(name=WORK_POOL, type=ProcessWorker.type, base_job_template=template)
        await client.create_work_pool(pool, overwrite=True)
    await _deploy_flow(digitise_submission, None)
    await _deploy_flow(read_pages, None)
    await _deploy_flow(receive_folder, timedelta(minutes=1))
    await _deploy_flow(sweep, timedelta(minutes=2))


async def _deploy_flow(flow: Flow[..., Any], every: timedelta | None) -> None:
    # By module path, not by file: a worker finds the flow wherever hoso is installed on its machine.
    deployment = RunnerDeployment.from_flow(
        flow,
        name=DEPLOYMENT,
        interval=every,
        work_pool_name=WORK_POOL,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    await deployment.aapply()


if __name__ == "__main__":
    asyncio.run(deploy())
