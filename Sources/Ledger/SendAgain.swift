import Function
import Postgres
import Steps

extension LockCampaign.Row {
  /// Refuses a campaign of which nothing is sent again (DESIGN §3).
  package func mustTakeBack(_ name: String) throws(Failure) {
    guard !["draft", "scheduled", "cancelled"].contains(status) else {
      throw Failure(.data, "the campaign \"\(name)\" is \(status); nothing of it is sent again")
    }
  }
}

extension Transaction {
  /// What follows for a campaign of which so many messages are to be sent again; answers the state that it is in now.
  ///
  /// The statement that has moved them has paused a completed one (`mark_reopened`). It takes its batches again, or all of
  /// it is refused; where nothing was moved, nothing is taken.
  package func reopen(_ campaign: LockCampaign.Row, moved: Int) throws -> String {
    guard campaign.status == "completed", moved > 0 else { return campaign.status }
    try takeBatches(of: campaign.id)
    return "paused"
  }
}
