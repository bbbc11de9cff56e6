"""Requests of our own set that are for later, each with the condition on raw rows and the time that is meant; and those that schedule nothing. Data."""

from __future__ import annotations

from tests.evaluation.plan_cases import ENGINEERING, PREPROD, but, dev, of, sandbox, uat
from tests.evaluation.truth import AMERICA, DISK, FRANKFURT, VM, Test

# (text, action, condition, when: as the scorer reads it; "run_at" is there or not)
LATER: tuple[tuple[str, str, Test, dict[str, str]], ...] = (
    ("stop the uat boxes at 8pm every day", "stop", of(type=VM, env=uat), {"cron": "0 20 * * *"}),
    ("every weekday at 7 start the stopped dev vms", "start", of(type=VM, env=dev), {"cron": "0 7 * * 1-5"}),
    ("stop the dev vms every evening at 7", "stop", of(type=VM, env=dev), {"cron": "0 19 * * *"}),
    ("shut down the sandbox instances on saturdays at 18:00", "stop", of(type=VM, env=sandbox), {"cron": "0 18 * * 6"}),
    ("please stop every dev vm in frankfurt nightly", "stop", of(type=VM, env=dev, region=FRANKFURT), {"cron": "0 22 * * *"}),
    ("power down the uat machines monday to friday at half past seven in the evening", "stop", of(type=VM, env=uat), {"cron": "30 19 * * 1-5"}),
    ("each weekday at 19:00 Berlin time stop the search machines in us-west-2", "stop", of(type=VM, app="search", region="us-west-2"),
     {"cron": "0 19 * * 1-5", "timezone": "Europe/Berlin"}),
    ("at noon on weekends turn the sandbox instances off", "stop", of(type=VM, env=sandbox), {"cron": "0 12 * * 0,6"}),
    ("stop may's instances in development mondays and thursdays at 6", "stop", of(type=VM, owner="may", env=dev), {"cron": "0 6 * * 1,4"}),
    ("on the 1st of every month at 03:00 snapshot the data disks in Quayside Engineering", "snapshot", of(type=DISK, app="data", account=ENGINEERING),
     {"cron": "0 3 1 * *"}),
    ("every 2 hours stop az-events-app-dev", "stop", of(name="az-events-app-dev"), {"cron": "0 */2 * * *"}),
    ("stop the uat vms on `0 20 * * 1-5`", "stop", of(type=VM, env=uat), {"cron": "0 20 * * 1-5"}),
    ("restart az-events-app-dev daily at 0530", "restart", of(name="az-events-app-dev"), {"cron": "30 5 * * *"}),
    ("every sunday at 4am UTC reboot search-web-01 in quayside-preprod", "restart", of(name="search-web-01", account=PREPROD),
     {"cron": "0 4 * * 0", "timezone": "UTC"}),
    ("stop all dev servers but not the ones in europe at 21:15 every day", "stop", but(of(type=VM, env=dev), of(region=FRANKFURT)), {"cron": "15 21 * * *"}),
    ("schedule: halt the dev vms in us-east4 weekdays at 6pm new york time", "stop", of(type=VM, env=dev, region="us-east4"),
     {"cron": "0 18 * * 1-5", "timezone": "America/New_York"}),
    ("turn off the uat vms without the billing ones every friday at 20h00", "stop", but(of(type=VM, env=uat), of(app="billing")), {"cron": "0 20 * * 5"}),
    ("stop the dev vms in the us at quarter past 9 in the evening, mon-fri", "stop", of(type=VM, env=dev, region=AMERICA), {"cron": "15 21 * * 1-5"}),
    ("at midnight every day stop the sandbox instances", "stop", of(type=VM, env=sandbox), {"cron": "0 0 * * *"}),
    ("in 2 hours stop the uat boxes", "stop", of(type=VM, env=uat), {}),
    ("restart az-tracking-app-dev in 90 minutes", "restart", of(name="az-tracking-app-dev"), {}),
    ("tomorrow morning start az-events-app-dev and az-tracking-app-dev", "start", of(name=("az-events-app-dev", "az-tracking-app-dev")), {}),
    ("tomorrow at 9 stop every dev vm in frankfurt", "stop", of(type=VM, env=dev, region=FRANKFURT), {}),
    ("stop az-events-app-dev in half an hour", "stop", of(name="az-events-app-dev"), {}),
    ("stop az-events-app-dev on 2027-06-01 at 08:00 Europe/Berlin", "stop", of(name="az-events-app-dev"), {"timezone": "Europe/Berlin"}),
    ("could you please stop the uat vms every working day at 7 pm?", "stop", of(type=VM, env=uat), {"cron": "0 19 * * 1-5"}),
    ("I want the tracking vms in quay-az-dev stopped every day at 23:30", "stop", of(type=VM, app="tracking", account="quay-az-dev"), {"cron": "30 23 * * *"}),
    ("monthly on the 15th at 2am tag az-events-app-dev with checked=yes", "tag", of(name="az-events-app-dev"), {"cron": "0 2 15 * *"}),
    ("on workdays at 06:45 start the uat machines", "start", of(type=VM, env=uat), {"cron": "45 6 * * 1-5"}),
)  # fmt: skip

# A time that is not one, or none where one is needed: asked, and nothing is done or scheduled.
ASKED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("stop the uat vms for a week", ("for a week",)),
    ("stop the uat vms after work", ("what time",)),
    ("shut down the uat vms on sundays", ("what time",)),
    ("stop az-events-app-dev on 2027-02-30 at 8", ("2027-02-30",)),
    ("stop az-events-app-dev whenever it is idle", ("event",)),
    ("stop the dev vms next week", ("which day",)),
    ("stop the uat vms at 8pm until friday", ("until friday",)),
    ("from monday stop the uat vms every day at 8pm", ("from monday",)),
    ("stop the uat vms every other day at 8", ("repeat",)),
    ("stop the uat vms by 8pm", ("exactly",)),
    ("stop the uat vms every day except friday at 8pm", ("leave times out",)),
    ("stop the uat vms now and every night at 8pm", ("one at a time",)),
    ("stop the uat vms at 8pm springfield time", ("springfield",)),
    ("stop the uat vms at 25:00", ("25:00",)),
    ("stop the uat vms daily at 8 and 9pm", ("one at a time",)),
    ("stop serch-web-01 every night", ("search-web-01",)),
    ("stop search-web-01 every day at 8pm", ("quayside-preprod", "Engineering")),
)  # fmt: skip

# Words of time in what is wanted now, said about what is, or forbidden.
NOT_LATER: tuple[tuple[str, str], ...] = (
    ("show what runs at 8pm", "answer"),
    ("why does az-events-app-dev stop every night?", "answer"),
    ("which vms were stopped at 8pm yesterday?", "answer"),
    ("don't stop the uat vms at 8pm", "chat"),
    ("never stop the uat vms on weekends", "chat"),
    ("stop the nightly-backup vm", "clarify"),
    ("stop the vms tagged schedule=nightly", "clarify"),
    ('delete the bucket "every friday at 8pm"', "clarify"),
    ("stop the nightly vms", "clarify"),
    ("schedules", "chat"),
    ("show my schedules", "answer"),
    ("list all schedules", "answer"),
)  # fmt: skip
