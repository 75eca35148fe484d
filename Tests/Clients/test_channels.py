"""channels-redis: both of its layers, with groups and many channels."""

import asyncio

import pytest
from channels_redis.core import RedisChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer

LISTENERS = 10
MESSAGES = 30
LAYERS = {"core": RedisChannelLayer, "pubsub": RedisPubSubChannelLayer}


async def talk(kind, url):
    arguments = {"capacity": 1000} if kind == "core" else {}
    sender, receiver = (LAYERS[kind](hosts=[url], **arguments) for _ in range(2))
    channels = [await receiver.new_channel() for _ in range(LISTENERS)]
    for channel in channels:
        await receiver.group_add("group", channel)
    for number in range(MESSAGES):
        await sender.group_send("group", {"type": "news", "number": number})
        await sender.send(channels[number % LISTENERS], {"type": "letter", "number": number})
    heard = []
    for index, channel in enumerate(channels):
        letters = len(range(index, MESSAGES, LISTENERS))
        heard.append([await receiver.receive(channel) for _ in range(MESSAGES + letters)])
    await receiver.group_discard("group", channels[0])
    await sender.group_send("group", {"type": "news", "number": -1})
    last = await receiver.receive(channels[1])
    # Nothing came to who has left: the next that it hears is what is sent to it alone.
    await sender.send(channels[0], {"type": "letter", "number": -2})
    own = await receiver.receive(channels[0])
    for layer in (sender, receiver):
        await (layer.close_pools() if hasattr(layer, "close_pools") else layer.flush())
    return heard, last["number"], own["number"]


@pytest.mark.parametrize("kind", LAYERS)
def test_groups_and_channels(url, kind):
    heard, last, own = asyncio.run(asyncio.wait_for(talk(kind, url), 60))
    for index, messages in enumerate(heard):
        news = [message["number"] for message in messages if message["type"] == "news"]
        letters = [message["number"] for message in messages if message["type"] == "letter"]
        assert news == list(range(MESSAGES)) and letters == list(range(index, MESSAGES, LISTENERS))
    assert (last, own) == (-1, -2)
