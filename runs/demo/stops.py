"""The kill switch was thrown once, and lifted."""

from __future__ import annotations

from datetime import datetime, timedelta

from awooop.actions.audit import Entry
from awooop.models import Stop
from awooop.models.stop import StopScope
from runs.demo import post
from runs.demo.catalogue import people
from runs.demo.chapter import Chapter
from runs.demo.world import World
from runs.models import MessageType

# Granted to nobody: the gateway refused it before and after, so that no call had to be unmade.
TOOL = "cloud.edit_firewall"
_REASON = "network-agent 一直要求修改防火牆規則, 先停用這個工具再查原因"
_LIFTED = "提示詞裡的舊範例已移除; 契約本來就不允許, 不需要再擋"


def write(world: World) -> Chapter:
    """Tell of a tool that was stopped on a night, and let go the next morning."""
    chapter = Chapter()
    at = world.now - timedelta(days=9, hours=4, minutes=12)
    lifted_at = at + timedelta(hours=9, minutes=40)
    stop = chapter.add(
        Stop(
            stop_id=world.uuid("stop"),
            scope=StopScope.TOOL,
            project_id=world.project_id,
            tool_name=TOOL,
            reason=_REASON,
            stopped_by=people.ADMINISTRATOR,
            stopped_at=at,
            lifted_at=lifted_at,
            lifted_by=people.ADMINISTRATOR,
            lift_reason=_LIFTED,
        )
    )
    _tell(world, chapter, stop, "stop.place", at, _REASON)
    _tell(world, chapter, stop, "stop.lift", lifted_at, _LIFTED)
    return chapter


def _tell(
    world: World, chapter: Chapter, stop: Stop, action: str, at: datetime, reason: str
) -> None:
    by = people.person(people.ADMINISTRATOR, world.project_id)
    details = {"scope": stop.scope, "agent_id": "", "tool_name": stop.tool_name, "reason": reason}
    chapter.record(at, by, Entry(action, "stop", str(stop.pk), details))
    what = "已停止" if action == "stop.place" else "已解除"
    text = f"緊急停止開關: {what}\n工具 {stop.tool_name} ({world.project_id})\n{by.label}: {reason}"
    post.send(world, chapter, at=at, message_type=MessageType.GOVERNANCE_ALERT, text=text)
