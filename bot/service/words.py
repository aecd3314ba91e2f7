"""The templates as the configuration wants them."""

from __future__ import annotations

import structlog

from bot.settings import Settings
from templates.render import TemplateRenderer

log = structlog.get_logger()


def renderer_of(settings: Settings) -> TemplateRenderer:
    """The templates; raises ConfigurationError where their folder is none."""
    return TemplateRenderer(settings.desk.templates, fields=field_names(settings))


def sound_renderer(settings: Settings) -> TemplateRenderer:
    """The same for a service: what it cannot use is said once, and the shipped ones speak."""
    renderer = renderer_of(settings)
    for fault in renderer.faults():
        log.error("template not used", reason=fault)
    return renderer


def group_names(settings: Settings) -> tuple[str, ...]:
    """The names of all groups that the configuration speaks of."""
    names = {queue.group for queue in settings.queues} | {group.name for group in settings.groups}
    names.update(name for technician in settings.technicians for name in technician.groups)
    return tuple(sorted(names))


def field_names(settings: Settings) -> tuple[str, ...]:
    """The names of all custom fields, each once, whichever types have them."""
    of_types = (field for one in settings.types for field in one.fields)
    names = {field.name.casefold(): field.name for field in (*settings.fields, *of_types)}
    return tuple(names.values())
