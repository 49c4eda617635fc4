"""A loopback Discord, to try and test a bot without a token, a guild or the network.

A bot of discord.py logs in to it unmodified but for two addresses:

    discord.http.Route.BASE = sandbox.api_base
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(sandbox.gateway_url)

`python -m sandbox` serves it with a chat page; `sandbox.server.Sandbox` is the same inside a test. Everything is on
127.0.0.1, in memory, and gone at the end. It means to be strict: what passes here passes on Discord.

How it fits together:

    server      the aiohttp application, and the Python face for tests
    hub         the parts of one sandbox, put together without the network
    world       the guild that is always there: channels, roles, people, the bot
    entities    the world in Discord's JSON          permissions, snowflake   their arithmetic

    the bot's side                                   the person's side
    pipeline    the way of one REST request          page_api      JSON over HTTP for the page, under /sandbox
    rest/       the routes of REST v10               client/hands  run, press, pick, fill in, as Discord's client does
    limits/     what Discord refuses, by path        client/...    what that client refuses before the bot hears of it
    gateway, gateway_socket   sessions and sockets   events        what happens, for those who watch

    between them
    interactions   the records, their three seconds and fifteen minutes
    answers        first answers, follow-ups, edits
    chat, messages, attachments, commands
    faults, ratelimit, recorder   what goes wrong on demand, what is too much, what was asked

The state is changed only on the event loop and by plain calls, so no lock is needed. A change is told in the same call:
to the bot through `gateway`, to the pages through `events`.
"""
