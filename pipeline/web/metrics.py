"""Metrics for Prometheus: requests of this process, and how much waits over all; no name, number or office."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.errors import ServiceUnavailable
from pipeline.local_time import local_day
from pipeline.program_ports import Load

_BUCKETS_S = (0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""0.2 and 0.5 s are what a search and a page may take."""
_NO_ROUTE = "none"
_COUNTED_EVERY_S = 600
"""Counting unusual days goes over a month of the log, and metrics are read every few seconds."""


class Metrics:
    """The metrics of one web process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        for make in (ProcessCollector, PlatformCollector, GCCollector):
            make(registry=self.registry)
        self.seconds = Histogram(
            "hoso_request_seconds",
            "Time to the end of an answer, by route, method and status",
            ("route", "method", "status"),
            buckets=_BUCKETS_S,
            registry=self.registry,
        )
        self.received = Counter(
            "hoso_received_bytes", "Bytes of bodies that were received, by route", ("route",), registry=self.registry
        )

    def watch(self, measure: Callable[[], Load]) -> None:
        """Add what the database tells of how much waits, measured whenever the metrics are read."""
        self.registry.register(_Waiting(measure))

    def watch_looks(self, count: Callable[[], int]) -> None:
        """Add how many account-days since yesterday are unusual, counted every ten minutes."""
        self.registry.register(_Unusual(count))


class _Waiting(Collector):
    """What the database tells. When it does not answer these are missing, and `hoso_database_up` is 0."""

    def __init__(self, measure: Callable[[], Load]) -> None:
        self._measure = measure

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing beforehand: the database need not answer when the process starts."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The metrics as they are now."""
        try:
            load = self._measure()
        except ServiceUnavailable:
            yield GaugeMetricFamily("hoso_database_up", "Whether the database answers", 0)
            return
        yield GaugeMetricFamily("hoso_database_up", "Whether the database answers", 1)
        submissions = GaugeMetricFamily("hoso_submissions", "Submissions by state", labels=("state",))
        for state, count in load.submissions.items():
            submissions.add_metric((state,), count)
        yield submissions
        waiting_s = 0.0 if load.oldest_waiting_since is None else time.time() - load.oldest_waiting_since.timestamp()
        yield GaugeMetricFamily("hoso_queue_age_seconds", "How long the oldest submission waits", max(0.0, waiting_s))
        yield GaugeMetricFamily("hoso_open_questions", "Questions that nobody has answered yet", load.open_questions)
        yield GaugeMetricFamily("hoso_sessions", "Sessions that are open", load.sessions)
        deliveries = GaugeMetricFamily("hoso_webhook_deliveries", "Deliveries to webhooks by state", labels=("state",))
        deliveries.add_metric(("waiting",), load.deliveries_waiting)
        deliveries.add_metric(("given_up",), load.deliveries_given_up)
        deliveries.add_metric(("delivered",), load.deliveries_made)
        yield deliveries
        yield GaugeMetricFamily(
            "hoso_citizen_requests_overdue",
            "Requests of citizens that should have been answered or done by now",
            load.requests_overdue,
        )
        yield GaugeMetricFamily(
            "hoso_integrity_findings",
            "What is wrong in the store or rows for good",
            load.integrity_findings,
        )
        if load.integrity_checked_at is not None:
            age_s = time.time() - load.integrity_checked_at.timestamp()
            yield GaugeMetricFamily("hoso_integrity_age_seconds", "Time since the last check of both", max(0.0, age_s))
        if load.log_unclosed_since is not None:
            yield GaugeMetricFamily(
                "hoso_access_log_unclosed_days",
                "Days since the oldest day of the access log that is not closed; more than 2: nothing closes it",
                (local_day(datetime.now(UTC)) - load.log_unclosed_since).days,
            )


class _Unusual(Collector):
    """Who looked at unusually many, as a number alone: who reads it has the access log looked at."""

    def __init__(self, count: Callable[[], int]) -> None:
        self._count, self._counted, self._stale_at = count, 0, 0.0

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing beforehand: the database need not answer when the process starts."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The number as it was last counted; missing when the database does not answer."""
        if time.monotonic() >= self._stale_at:
            try:
                self._counted = self._count()
            except ServiceUnavailable:
                return
            self._stale_at = time.monotonic() + _COUNTED_EVERY_S
        yield GaugeMetricFamily(
            "hoso_unusual_account_days",
            "Days of accounts, yesterday and today, on which papers of unusually many people were looked at",
            self._counted,
        )


class Measuring:
    """Measures each request. Routes stand in as their templates, so that no id becomes a label."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """Args: metrics: where to write it."""
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer and measure one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status, received = time.perf_counter(), 500, 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            return message

        async def send_seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive_counted, send_seen)
        finally:
            route = getattr(scope.get("route"), "path", _NO_ROUTE)
            method = scope["method"] if route != _NO_ROUTE else _NO_ROUTE  # anybody may invent methods
            self._metrics.seconds.labels(route, method, str(status)).observe(time.perf_counter() - begun)
            if received:
                self._metrics.received.labels(route).inc(received)
