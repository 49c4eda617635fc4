"""Moving from DockerDiscordControl (DDC): what its settings become here."""
