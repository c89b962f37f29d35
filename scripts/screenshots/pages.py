"""The table of pages that are looked at: a new page is one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RUN = "tbody a.row-link"
ROW = "#result_list tbody th a"
ACT = '.object-tools a[href*="/act/"]'
Reader = Literal["admin", "viewer", "nobody"]


@dataclass(frozen=True)
class Page:
    """One page: where it is, or by which links it is reached from there.

    `follow` holds selectors; the first link (or button with an address) of each is followed in
    turn, what begins with `/` is put behind the address instead. Where one is not there, the page
    is passed over. `press` is clicked at last: a menu, a dialog. `template` is shown instead of a
    path: what no address gives.
    """

    name: str
    path: str = "/"
    follow: tuple[str, ...] = ()
    press: str = ""
    who: Reader = "admin"
    status: int = 200
    template: str = ""


CONSOLE = (
    Page("home"),
    Page("home-viewer", who="viewer"),
    Page("menu", press=".nav-toggle"),
    Page("account-menu", press=".topbar [popovertarget]:not(.nav-toggle)"),
    Page("runs", "/awooop/runs"),
    Page("runs-filtered", "/awooop/runs?state=failed&q=timeout"),
    Page("runs-nothing", "/awooop/runs?agent_id=nobody-of-this-name"),
    Page("runs-bad-filter", "/awooop/runs?incident_id=nonsense", status=422),
    Page("run-waiting", "/awooop/runs?state=waiting_approval", (RUN,)),
    Page("run-running", "/awooop/runs?state=running", (RUN,)),
    Page("run-completed", "/awooop/runs?state=completed", (RUN,)),
    Page("run-failed", "/awooop/runs?state=failed", (RUN,)),
    Page("run-cancelled", "/awooop/runs?state=cancelled", (RUN,)),
    Page("run-timed-out", "/awooop/runs?state=timed_out", (RUN,)),
    Page("run-steps", "/awooop/runs?state=completed", (RUN, '.tabs a[href*="tab=steps"]')),
    Page("run-gateway", "/awooop/runs?state=completed", (RUN, '.tabs a[href*="tab=gateway"]')),
    Page("run-legacy", "/awooop/runs?state=completed", (RUN, '.tabs a[href*="tab=legacy"]')),
    Page("run-remedies", "/awooop/runs?state=completed", (RUN, '.tabs a[href*="tab=remediation"]')),
    Page("run-inbound", "/awooop/runs?state=completed", (RUN, '.tabs a[href*="tab=inbound"]')),
    Page("run-outbound", "/awooop/runs?state=completed", (RUN, '.tabs a[href*="tab=outbound"]')),
    Page("run-cancel", "/awooop/runs?state=running", (RUN, "/cancel")),
    Page("run-notes", "/awooop/runs?state=running", (RUN,), "#note-new summary"),
    Page("approvals", "/awooop/approvals"),
    Page("approvals-chosen", "/awooop/approvals", press='#inbox input[form="batch"]'),
    Page("approval-extend", "/awooop/approvals", ('button[formaction$="/extend"]',)),
    Page("approvals-history", "/awooop/approvals", (".tabs a:nth-child(2)",)),
    Page("incidents", "/awooop/incidents"),
    Page("incident-open", "/awooop/incidents?status=open", (RUN,)),
    Page("incident-resolved", "/awooop/incidents?status=resolved", (RUN,)),
    Page(
        "incident-resolve",
        "/awooop/incidents?status=open",
        (RUN,),
        '[data-dialog="resolve-dialog"]',
    ),
    Page("channel-events", "/awooop/channel-events"),
    Page("gateway", "/awooop/gateway"),
    Page("gateway-call", "/awooop/gateway", (RUN,)),
    Page("callbacks", "/awooop/callbacks"),
    Page("outbox", "/awooop/outbox"),
    Page("remediation-queue", "/awooop/remediation-queue"),
    Page("views", "/awooop/views?page=runs&query=state%3Dfailed"),
    Page("list-views", "/awooop/runs", press="#list-views summary"),
    Page("list-columns", "/awooop/runs", press="#list-columns summary"),
    Page("audit", "/awooop/audit"),
    Page("audit-record", "/awooop/audit", (RUN,)),
    Page("profile", "/profile"),
    Page("second-factor", "/profile/second-factor"),
    Page("second-factor-app", "/profile/second-factor/app"),
    Page("second-factor-key", "/profile/second-factor/key"),
    Page("password", "/profile/password"),
    Page("confirm", "/confirm"),
    Page("find", "/awooop/find"),
    Page("find-words", "/awooop/find?q=disk"),
    Page("find-nothing", "/awooop/find?q=nothing-of-this-name"),
    Page("palette", press="[data-palette]"),
    Page("work-items", "/awooop/work-items"),
    Page("insights", "/awooop/insights"),
    Page("insights-numbers", "/awooop/insights?numbers=open&days=7"),
    Page("insights-one-project", "/awooop/insights?project_id=awoooi"),
    Page("insights-bad-period", "/awooop/insights?since=2026-02-31", status=422),
    Page("contracts", "/awooop/contracts"),
    Page("stops", "/awooop/stops"),
    Page("stop-new", "/awooop/stops/new?agent=sre-agent"),
    Page("stop", "/awooop/stops", (RUN,)),
    Page("webhooks", "/awooop/webhooks"),
    Page("webhook", "/awooop/webhooks", (RUN,)),
    Page("audit-proof", "/awooop/audit/proof"),
    Page("tenants", "/awooop/tenants"),
    Page("design", "/awooop/design"),
    Page("login", "/login", who="nobody"),
    Page("logged-out", template="registration/logged_out.html"),
)
GOVERNANCE = (
    Page("governance", "/governance"),
    Page("governance-summary", "/governance?tab=summary"),
    Page("governance-events", "/governance?tab=events"),
    Page("governance-event", "/governance?tab=events", ("h2 a.row-link",)),
    Page("governance-queue", "/governance?tab=queue"),
    Page("governance-slo", "/governance?tab=slo"),
    Page("governance-drift", "/governance?tab=drift"),
    Page("governance-checks", "/governance?tab=checks"),
)
KNOWLEDGE = (
    Page("knowledge", "/knowledge"),
    Page("knowledge-entry", "/knowledge", ("main a[data-open]",)),
    Page("knowledge-edit", "/knowledge", ("main a[data-open]", 'a[href$="/edit"]')),
    Page("knowledge-new", "/knowledge/new"),
    Page("knowledge-stale", "/knowledge/stale"),
    Page(
        "knowledge-stale-nothing",
        "/knowledge/stale?priority_tier=P0&recommended_action=owner_review",
    ),
    Page("knowledge-reviews", "/knowledge/reviews"),
    Page("knowledge-reviews-ready", "/knowledge/reviews/preview"),
    Page("knowledge-review", "/knowledge/reviews?status_bucket=ready", (RUN,)),
    Page(
        "knowledge-review-archive",
        "/knowledge/reviews?status_bucket=ready",
        (RUN, 'a[href*="outcome=archive"]'),
    ),
    Page(
        "knowledge-review-supersede",
        "/knowledge/reviews?status_bucket=ready",
        (RUN, 'a[href*="outcome=supersede"]'),
    ),
    Page("knowledge-review-blocked", "/knowledge/reviews?status_bucket=blocked", (RUN,)),
    Page("knowledge-review-done", "/knowledge/reviews?status_bucket=completed", (RUN,)),
    Page("knowledge-drafts", "/knowledge/drafts"),
    Page("knowledge-burn-down", "/knowledge/burn-down"),
)
ERRORS = (
    Page("400", template="400.html"),
    Page("403", "/awooop/runs?state=running", (RUN, "/cancel"), who="viewer", status=403),
    Page("403-csrf", template="403_csrf.html"),
    Page("404", "/awooop/nowhere", status=404),
    Page("422", "/awooop/contracts?lifecycle_status=nonsense", status=422),
    Page("500", template="500.html"),
    Page("503", template="503.html"),
)
ADMIN = (
    Page("admin-login", "/admin/login/", who="nobody"),
    Page("admin", "/admin/"),
    Page("admin-projects", "/admin/awooop/project/"),
    Page("admin-project", "/admin/awooop/project/", (ROW,)),
    Page("admin-project-delete", "/admin/awooop/membership/", (ROW, "a.deletelink")),
    Page("admin-users", "/admin/awooop/user/"),
    Page("admin-user", "/admin/awooop/user/", (ROW,)),
    Page("admin-members", "/admin/awooop/membership/"),
    Page("admin-key-new", "/admin/awooop/apikey/add/"),
    Page("admin-keys", "/admin/awooop/apikey/"),
    Page("admin-key-revoke", "/admin/awooop/apikey/", (ROW, ACT)),
    Page("admin-contracts", "/admin/awooop/contractrevision/"),
    Page("admin-contract", "/admin/awooop/contractrevision/", (ROW,)),
    Page("admin-contract-act", "/admin/awooop/contractrevision/", (ROW, ACT)),
    Page("admin-audit", "/admin/awooop/auditrecord/"),
    Page("admin-audit-record", "/admin/awooop/auditrecord/", (ROW,)),
    Page("admin-schedules", "/admin/django_q/schedule/"),
    Page("admin-schedule-act", "/admin/django_q/schedule/", (ROW, ACT)),
    Page("admin-runs", "/admin/runs/run/"),
    Page("admin-run", "/admin/runs/run/?state__exact=waiting_approval", (ROW,)),
    Page("admin-run-cancel", "/admin/runs/run/?state__exact=waiting_approval", (ROW, ACT)),
    Page("admin-approvals", "/admin/runs/approval/"),
    Page("admin-approval", "/admin/runs/approval/?waiting=yes", (ROW,)),
    Page("admin-approve", "/admin/runs/approval/?waiting=yes", (ROW, 'a[href*="/act/approve"]')),
    Page("admin-incidents", "/admin/runs/incident/"),
    Page("admin-incident-resolve", "/admin/runs/incident/?status__exact=open", (ROW, ACT)),
    Page("admin-playbooks", "/admin/runs/playbook/"),
    Page("admin-playbook", "/admin/runs/playbook/", (ROW,)),
    Page("admin-playbook-delete", "/admin/runs/playbook/", (ROW, "a.deletelink")),
    Page("admin-playbook-new", "/admin/runs/playbook/add/"),
    Page("admin-messages", "/admin/runs/outboundmessage/"),
)
ROOMS = (*CONSOLE, *GOVERNANCE, *KNOWLEDGE)
PAGES = (*ROOMS, *ERRORS, *ADMIN)
