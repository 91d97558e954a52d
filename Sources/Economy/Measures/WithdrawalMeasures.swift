import Kernel
import Ledger

/// What lenders had in venues when a run began. What vaults have put into venues is left out: it is their
/// depositors'.
package struct ClaimsAtStart: Sendable {
  /// Dollars by venue and reserve.
  package let dollars: Double
  /// The highest of any reserve.
  package let utilization: Double
  /// Accounts of vaults, whose withdrawals are no lender's.
  package let vaults: [AccountID]

  package init(dollars: Double = 0, utilization: Double = 0, vaults: [AccountID] = []) {
    self.dollars = dollars
    self.utilization = utilization
    self.vaults = vaults
  }
}

/// Who got out and who did not, folded from the facts of withdrawals.
package struct WithdrawalMeasures: Sendable {
  private let atStart: ClaimsAtStart
  /// By venue and reserve, in base units.
  private var paid: [[Int128]]
  /// Whether the last lender who asked there got less than it wanted.
  private var isBlocked: [[Bool]]
  private var blockedCount = 0
  private var blockedSince: SimTime?
  private var blockedBefore: Int64 = 0
  /// The highest utilization of a reserve at the start and after any withdrawal.
  package private(set) var peakUtilization: Double

  init(_ atStart: ClaimsAtStart, reserveCounts: [Int]) {
    self.atStart = atStart
    paid = reserveCounts.map { Array(repeating: 0, count: $0) }
    isBlocked = reserveCounts.map { Array(repeating: false, count: $0) }
    peakUtilization = atStart.utilization
  }

  mutating func observe(
    holder: AccountID, _ venue: VenueID, _ reserve: Int, wanted: Amount, paid: Amount, utilization: Double,
    at time: SimTime
  ) {
    peakUtilization = max(peakUtilization, utilization)
    guard !atStart.vaults.contains(holder) else { return }
    self.paid[venue][reserve] += Int128(paid.units)
    let blocks = paid < wanted
    guard blocks != isBlocked[venue][reserve] else { return }
    isBlocked[venue][reserve] = blocks
    blockedCount += blocks ? 1 : -1
    if blocks, blockedCount == 1 { blockedSince = time }
    if !blocks, blockedCount == 0, let since = blockedSince {
      blockedBefore += time.microseconds - since.microseconds
      blockedSince = nil
    }
  }

  /// For how long there was a reserve whose last visitor had not got all that it wanted.
  package func blocked(until end: SimTime) -> SimDuration {
    SimDuration(
      microseconds: blockedBefore + (blockedSince.map { end.microseconds - $0.microseconds } ?? 0))
  }

  /// What lenders have taken out as a share of what they had at the start, in dollars of the start. Interest
  /// may bring it above one.
  func withdrawnShare(_ dollars: (_ venue: Int, _ reserve: Int, _ units: Int128) -> Double) -> Double {
    guard atStart.dollars > 0 else { return 0 }
    var sum = 0.0
    for (venue, reserves) in paid.enumerated() {
      for (reserve, units) in reserves.enumerated() { sum += dollars(venue, reserve, units) }
    }
    return sum / atStart.dollars
  }
}
