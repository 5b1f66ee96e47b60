"""Starts the shared SimCord bridge on a free port of loopback, and lets its people do more.

    python simcord_people.py BRIDGE

The bridge says `up PORT`; it ends when its standard input does. The bridge itself lets people
press buttons and fill in windows in a guild; with this they also choose in menus, hand files to
commands, speak Korean, and do all of it in their direct messages with the bot.
"""

import asyncio
import json
import os
import socket
import sys
import threading

from aiohttp import web
from simcord import interactions
from simcord.backend import serializers
from simcord.http import router
from simcord.results import to_discord_message


def load(bridge, port):
    """The names of the bridge, and what it would have run."""
    names, waiting = {"__name__": "bridge"}, []
    sys.argv = [bridge, str(port)]
    run, asyncio.run = asyncio.run, waiting.append
    try:
        with open(bridge, encoding="utf-8") as text:
            exec(compile(text.read(), bridge, "exec"), names)
    finally:
        asyncio.run = run
    return names, waiting[0]


def speak_korean():
    """The language of a person's client comes with everything that they do."""
    payload = interactions.base_payload

    def korean(*positional, **named):
        record, told = payload(*positional, **named)
        told["locale"] = "ko"
        return record, told

    interactions.base_payload = korean


def know_the_application():
    """Discord tells of the bot's application at two addresses, SimCord at the older one alone."""

    @router.route("GET", "/applications/@me")
    def current_application(context):
        return router.dispatch(context.backend, "GET", "/oauth2/applications/@me")


class People:
    """What they do beyond what the bridge offers. `dm` moves a deed to their direct messages."""

    def __init__(self, names):
        self.names = names
        self.shown = None
        self.deeds = {
            "slash": self.slash,
            "click": self.click,
            "select": self.select,
            "modal": self.modal,
            "history": self.history,
            "listeners": self.listeners,
        }

    def actor(self, told):
        member = self.names["U"][told.get("as", "alice")]
        return member.user if told.get("dm") else member

    def place(self, told):
        if told.get("dm"):
            return self.actor(told).dm_channel
        return self.names["CH"]["general"]

    def message(self, told):
        stored = self.names["msg_of"](told["message_id"])
        return to_discord_message(self.names["ENV"], stored)

    def taken(self, result):
        self.shown = result
        return {"interaction": str(result._interaction.id)}

    async def slash(self, told):
        files = {name: (one["name"], bytes.fromhex(one["hex"])) for name, one in told["files"].items()}
        actor, where = self.actor(told), () if told.get("dm") else (self.place(told),)
        return self.taken(await actor.slash(*where, told["name"], **files))

    async def click(self, told):
        return self.taken(await self.actor(told).click(self.message(told), custom_id=told["custom_id"]))

    async def select(self, told):
        chosen = self.actor(told).select(self.message(told), told["values"], custom_id=told["custom_id"])
        return self.taken(await chosen)

    async def modal(self, told):
        return self.taken(await self.actor(told).submit_modal(self.shown, told["values"]))

    async def history(self, told):
        backend = self.names["ENV"].backend
        stored = backend.messages.get(self.place(told).id, {})
        return [dict(serializers.message_payload(backend, one)) for one in stored.values()]

    async def listeners(self, told):
        names = self.names
        return {"now": len(names["ENV"].backend.subscribers), "ever": len(names["CONNS"])}

    def beside(self, bridge):
        async def answer(request):
            deed = self.deeds.get(request.match_info["act"])
            if deed is None:
                return await bridge(request)
            try:
                done, status = await deed(await request.json()), 200
            except Exception as error:
                notes = getattr(error, "__notes__", [])
                done, status = {"error": type(error).__name__, "detail": str(error), "notes": notes}, 400
            return web.json_response(done, status=status, dumps=lambda told: json.dumps(told, default=str))

        return answer


def end_with_the_input():
    sys.stdin.read()
    os._exit(0)


def main():
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    # The bridge wants a number; listening on what is bound already keeps others off it.
    web.TCPSite = lambda runner, *_: web.SockSite(runner, listener)
    names, bridge = load(sys.argv[1], port)
    names["sim"] = People(names).beside(names["sim"])
    speak_korean()
    know_the_application()
    threading.Thread(target=end_with_the_input, daemon=True).start()
    asyncio.run(bridge)


main()
