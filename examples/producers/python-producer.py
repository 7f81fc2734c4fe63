"""Publishes usage to Kafka as a structured CloudEvent.

    pip install confluent-kafka
    KAFKA_BROKERS=127.0.0.1:9092 python examples/producers/python-producer.py

librdkafka places keys by CRC32 unless it is told otherwise: with murmur2_random they go where Java's and ours go.
"""

import json
import os
import sys
import uuid
from datetime import datetime, timezone

from confluent_kafka import Producer

# The id names the event for ever: whoever sends it again sends it with the same id, and it is charged once.
event = {
    "specversion": "1.0",
    "id": str(uuid.uuid4()),
    "source": "/gateway/eu",
    "type": "llm.completion",
    "subject": "acme",
    "time": datetime.now(timezone.utc).isoformat(),
    "data": {"project": "search", "user": "u-17", "model": "large", "input_tokens": 1200, "output_tokens": 310},
}

failures = []


def delivered(error, message):
    if error is not None:
        failures.append(error)
    else:
        print(f"{message.topic()}/{message.partition()} at offset {message.offset()}")


producer = Producer(
    {
        "bootstrap.servers": os.environ.get("KAFKA_BROKERS", "127.0.0.1:9092"),
        "enable.idempotence": True,
        "partitioner": "murmur2_random",
        "compression.type": "zstd",
        "linger.ms": 20,
    }
)
producer.produce(
    os.environ.get("CREDITFOLD_TOPIC", "usage.v1"),
    key=event["subject"],
    value=json.dumps(event),
    headers={"content-type": "application/cloudevents+json"},
    on_delivery=delivered,
)
producer.flush(30)
sys.exit(1 if failures or len(producer) > 0 else 0)
