"""python-socketio: two servers and a process without one, joined by the Redis manager."""

import asyncio

import redis.asyncio
import socketio
from aiohttp import web

CLIENTS = 6
MESSAGES = 30


async def serve(url):
    """One of the servers: where it listens, itself, and what stops it."""
    server = socketio.AsyncServer(async_mode="aiohttp", client_manager=socketio.AsyncRedisManager(url))
    application = web.Application()
    server.attach(application)

    @server.event
    async def join(session, room):
        await server.enter_room(session, room)
        return "joined"

    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    return f"http://127.0.0.1:{port}", server, runner


async def talk(url):
    servers = [await serve(url) for _ in range(2)]
    clients, heard = [], []
    expected = CLIENTS * MESSAGES + CLIENTS // 2 * MESSAGES
    everything = asyncio.Event()

    def hear(index):
        def body(data):
            heard.append((index, data))
            if len(heard) == expected:
                everything.set()

        return body

    try:
        for index in range(CLIENTS):
            client = socketio.AsyncClient()
            client.on("news", hear(index))
            await client.connect(servers[index % 2][0], transports=["websocket"])
            clients.append(client)
            if index < CLIENTS // 2:
                assert await client.call("join", "room") == "joined"
        # The managers subscribe on their own, some time after the first client came.
        async with redis.asyncio.from_url(url) as observer:
            while (await observer.pubsub_numsub("socketio"))[0][1] < len(servers):
                await asyncio.sleep(0.01)
        outside = socketio.AsyncRedisManager(url, write_only=True)
        for number in range(MESSAGES):
            await servers[number % 2][1].emit("news", ["all", number])
            await outside.emit("news", ["room", number], room="room")
        await everything.wait()
    finally:
        for client in clients:
            await client.disconnect()
        for _, _, runner in servers:
            await runner.cleanup()
    return heard


def test_rooms_over_two_servers(url):
    heard = asyncio.run(asyncio.wait_for(talk(url), 60))
    for index in range(CLIENTS):
        mine = [data for who, data in heard if who == index]
        outside = [number for kind, number in mine if kind == "room"]
        assert outside == (list(range(MESSAGES)) if index < CLIENTS // 2 else [])
        # Each server's own messages are in order, those of the two are not ordered among each other.
        for origin in range(2):
            numbers = [number for kind, number in mine if kind == "all" and number % 2 == origin]
            assert numbers == list(range(origin, MESSAGES, 2))
