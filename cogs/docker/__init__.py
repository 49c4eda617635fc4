"""/docker: containers listed, looked at, started, stopped and restarted from the chat."""

from .cog import DockerCog

__all__ = ["DockerCog"]
