"""The settings, typed and checked."""

from services.config.settings import DEFAULT_PATH, Settings, SettingsError, flat, json_schema, load_settings

__all__ = ["DEFAULT_PATH", "Settings", "SettingsError", "flat", "json_schema", "load_settings"]
