import Postgres

/// The functions in the database that steps call: `migrate` writes them anew each time. Their plans are worth keeping, or
/// must not depend on what the planner believes of a table.
///
/// A statement of `sql/steps` is parsed and planned each time that it is sent, because it has no name (DESIGN §4). For
/// the ones that every tick sends again and again that was three quarters of what the server did; in PL/pgSQL a plan is
/// kept as long as the server's session.
public let functions: [SQLText] = [
  SQLText("mark-reopened", PackageResources.mark_reopened_sql),
  SQLText("count-moves", PackageResources.count_moves_sql),
  SQLText("in-flight", PackageResources.in_flight_sql),
  SQLText("sender-room", PackageResources.sender_room_sql),
  SQLText("lock-due-leads", PackageResources.lock_due_leads_sql),
  SQLText("claim-messages", PackageResources.claim_messages_sql),
  SQLText("lock-for-settlement", PackageResources.lock_for_settlement_sql),
  SQLText("settle-messages", PackageResources.settle_messages_sql),
  SQLText("failed-messages", PackageResources.failed_messages_sql),
  SQLText("unknown-time-zones", PackageResources.unknown_time_zones_sql),
]
