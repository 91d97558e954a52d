import Kernel
import Ledger

/// Pays for what protocols auction when they are short: newly minted tokens, or a risk fund. What it wins it
/// keeps.
package struct Bidder: Sendable {
  package let account: AccountID
  /// What it pays in.
  package let currency: AssetID
  /// How far below its reference price it wants what it buys: its own draw.
  package let discount: Double

  package init(account: AccountID, currency: AssetID, discount: Double) {
    self.account = account
    self.currency = currency
    self.discount = discount
  }

  /// The least worth of tokens, at reference prices, that it takes for paying `bid`.
  package func leastWorth(for bid: Amount) -> Double { Double(bid.units) / (1 - discount) }

  /// The most that it pays for what is worth so much.
  package func mostPaid(for worth: Double) -> Double { worth * (1 - discount) }
}

/// An open auction: bidders outbid one another until all but one have dropped out, so that the winner, who
/// would go furthest, need not go further than the second.
package struct AuctionOutcome: Hashable, Sendable {
  /// Its place among the bidders.
  package let winner: Int
  /// Where the second dropped out, or where the auction began.
  package let second: Double

  /// - Parameters:
  ///   - reservations: the lowest that each would go to; nil for one that does not bid at all. Equal ones go
  ///     to the first.
  ///   - start: where bidding begins; whoever would not go as low as that does not bid.
  package init?(falling reservations: [Double?], from start: Double) {
    let bids = reservations.enumerated().compactMap { place, bid in
      bid.flatMap { $0 <= start ? (place: place, bid: $0) : nil }
    }
    guard let best = bids.min(by: { ($0.bid, $0.place) < ($1.bid, $1.place) }) else { return nil }
    winner = best.place
    second = bids.filter { $0.place != best.place }.map(\.bid).min() ?? start
  }
}
