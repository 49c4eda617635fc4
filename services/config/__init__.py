"""The settings, typed and checked."""

from services.config.errors import SettingsError
from services.config.reading import flat, load_settings
from services.config.saving import save
from services.config.service import ConfigService
from services.config.settings import DEFAULT_PATH, Settings, json_schema

__all__ = ["DEFAULT_PATH", "ConfigService", "Settings", "SettingsError", "flat", "json_schema", "load_settings", "save"]
