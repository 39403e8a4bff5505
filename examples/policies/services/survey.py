"""The survey service: asks for policies as a user does, and reports how satisfied the user is. Standard library only.

Values go to POST /ingest in batches, each with a key, so that a batch that is sent again counts once. RUMKIT_INGEST_TOKEN
is its token. At its end it prints what the collector accepted, as JSON.
"""

import argparse
import json
import os
import random
import signal
import time
import urllib.error
import urllib.request
import uuid

POLICIES = [f"p-{number}" for number in range(101, 109)]
REGIONS = ["north", "south", "west"]

flags = argparse.ArgumentParser()
flags.add_argument("--url", default="http://127.0.0.1:4000")
flags.add_argument("--seed", type=int, default=1)
flags.add_argument("--count", type=int, default=0, help="scores after which it ends; default 0: it goes on")
options = flags.parse_args()
chance = random.Random(options.seed)
parent = os.getppid()
stopping = False
accepted = {}


def stop(_signal, _frame):
    global stopping
    stopping = True


def look_up(region):
    """Returns the seconds of a look-up, or None if it failed."""
    start = time.monotonic()
    try:
        with urllib.request.urlopen(f"{options.url}/policies/{chance.choice(POLICIES)}?region={region}", timeout=5) as answer:
            answer.read()
        return time.monotonic() - start
    except OSError:
        return None


def stars_for(seconds):
    """One to five: slow look-ups cost three stars, and tastes differ."""
    return max(1, min(5, (5 if seconds < 0.4 else 2) - chance.choice([0, 0, 1])))


def send(items):
    """Sends a batch until it is answered, at most five times, and counts what was accepted."""
    request = urllib.request.Request(
        f"{options.url}/ingest",
        data=json.dumps(items).encode(),
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Bearer {os.environ.get('RUMKIT_INGEST_TOKEN', '')}",
            "Idempotency-Key": str(uuid.uuid4()),
        },
    )
    for attempt in range(5):
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                rejected = {fault["index"] for fault in json.load(answer)["rejected"]}
            for index, item in enumerate(items):
                if index not in rejected:
                    region = item["tags"]["region"]
                    count, stars = accepted.get(region, (0, 0))
                    accepted[region] = (count + 1, stars + round(item["value"] * 5))
            return
        except urllib.error.HTTPError as error:
            # What is wrong stays wrong: only a busy collector is asked again.
            if error.code != 429 and error.code < 500:
                return
        except OSError:
            pass
        time.sleep(0.2 * (attempt + 1))


signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)
batch, asked = [], 0
while not stopping and os.getppid() == parent and (options.count == 0 or asked < options.count):
    region = chance.choice(REGIONS)
    seconds = look_up(region)
    if seconds is None:
        time.sleep(0.5)
        continue
    asked += 1
    batch.append({"name": "survey.satisfaction", "value": stars_for(seconds) / 5, "tags": {"region": region}})
    if len(batch) == 5:
        send(batch)
        batch = []
    time.sleep(0.1)
if batch:
    send(batch)
print(json.dumps({region: {"scores": count, "stars": stars} for region, (count, stars) in accepted.items()}))
