"""A worker process for the story of three weeks: it looks again and again, at a made-up time.

Arguments: data directory, database address, mail server address, the first instant, how many looks.
"""

import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from config.settings import Settings
from jobs.runner import run_due
from models import db
from service.app import create_app

LOOKS_APART = timedelta(seconds=30)


def main(data_dir: str, database_url: str, smtp_url: str, start: str, looks: str) -> None:
    """Say `ready` when the application stands, then look every half minute of the story."""
    plain = Settings.for_test(Path(data_dir), database_url=database_url)
    app = create_app(replace(plain, smtp_url=smtp_url, mail_from="zhoubao@fengqiao.test"))
    print("ready", flush=True)
    for look in range(int(looks)):
        run_due(app, datetime.fromisoformat(start) + look * LOOKS_APART)
        time.sleep(0.02)
    with app.app_context():
        db.engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
