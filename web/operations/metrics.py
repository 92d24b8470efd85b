"""/metrics for Prometheus: figures of the whole installation, whichever of its processes answers.

Only for whoever brings CASEFLOW_METRICS_TOKEN; without that setting there is no such page.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from flask import Blueprint, Response, abort, current_app, request
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

import caseflow
from caseflow.health import figures
from web.app import clock, step_times

blueprint = Blueprint("metrics", __name__, template_folder="templates")


@blueprint.get("/metrics")
def show() -> Response:
    """The figures as they stand now. 404 without a token in the settings, 401 without it in the request."""
    wanted = current_app.config["CASEFLOW"].metrics_token
    if not wanted:
        abort(404)
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), wanted.encode()):
        return Response("unauthorized\n", 401, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain")
    step_times.add()
    return Response(generate_latest(_Installation()), content_type=CONTENT_TYPE_LATEST)


class _Installation:
    """What generate_latest asks for its metrics."""

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("caseflow", "The version that answers.", value={"version": caseflow.__version__})
        yield from _gauges(figures.read(clock.now()))
        yield _steps()


def _gauges(now: figures.Figures) -> Iterator[Metric]:
    plain = (
        ("timer_lag_seconds_max", "Fired minus due, the largest of the last 5 minutes.", now.lag_largest),
        ("timer_lag_seconds_mean", "Fired minus due, the mean of the last 5 minutes.", now.lag_mean),
        ("timers_fired_recently", "Timers fired in the last 5 minutes.", now.fired),
        ("timer_overdue_seconds", "How late the case is that the schedulers should take next.", now.overdue_timers),
        ("outbox_oldest_seconds", "Age of the oldest message that waits to be sent.", now.outbox_age),
        ("outbox_waiting", "Messages that wait to be sent.", now.outbox_waiting),
        ("incidents_open", "Cases parked as incidents.", now.incidents),
        ("tasks_overdue", "Open tasks past their deadline.", now.overdue_tasks),
        ("schedulers_alive", "Scheduler processes that beat within the last minute.", now.schedulers),
    )
    for name, meaning, value in plain:
        yield GaugeMetricFamily(f"caseflow_{name}", meaning, value=value)
    if now.heartbeat_age is not None:
        yield GaugeMetricFamily("caseflow_scheduler_heartbeat_seconds", "Age of the newest heartbeat of a scheduler.",
                                value=now.heartbeat_age)
    if now.workers is not None:
        yield GaugeMetricFamily("caseflow_workers_alive", "Workers that beat within the last minute, on PostgreSQL.",
                                value=now.workers)
    yield _labelled("cases_open", "Open cases.", "regulation", now.open_cases)
    yield _labelled("deliveries_dead", "Messages by e-mail, SMS or chat that were given up.", "channel",
                    now.dead_deliveries)
    yield _labelled("complaints", "What the doctor complains about.", "code", now.complaints)
    yield _labelled("checkup_seconds", "How long ago the doctor's last round ended.", "round", now.checkups)


def _labelled(name: str, meaning: str, label: str, values: dict[str, float]) -> Metric:
    family = GaugeMetricFamily(f"caseflow_{name}", meaning, labels=[label])
    for value, figure in sorted(values.items()):
        family.add_metric([value], figure)
    return family


def _steps() -> Metric:
    family = HistogramMetricFamily("caseflow_step_seconds", "How long steps took, their commit included.",
                                   labels=["operation"])
    for operation, counted in sorted(figures.step_times().items()):
        buckets, below = [], 0
        for bound in step_times.BOUNDS_MS:
            below += counted.get(bound, (0, 0.0))[0]
            buckets.append((str(bound / 1000), below))
        buckets.append(("+Inf", sum(count for count, _ in counted.values())))
        family.add_metric([operation], buckets, sum_value=sum(seconds for _, seconds in counted.values()))
    return family
