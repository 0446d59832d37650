"""Notices: what people and other systems are told, once, and again until somebody has it."""

from interlock.notify.chore import notice_chores
from interlock.notify.settings import NotifySettings, load_notify_settings

__all__ = ["NotifySettings", "load_notify_settings", "notice_chores"]
