import Kernel
import Ledger

/// Why a run ended before its horizon. Ends that run alone: the rest of a sweep goes on.
package struct RunFailure: Error, Sendable {
  package enum Reason: Error, Equatable, Sendable {
    /// With the refusal in words: names and whole tokens.
    case ledger(LedgerRefusal, String)
    case arithmetic(ArithmeticRefusal)
    case time(SimTimeError)
    case queue(EventQueueError)
    case absorption(layer: String, AbsorptionError)
    case distribution(DistributionError)
    /// Borrowers want more than a venue's lenders have put in.
    case insufficientDeposits(venue: String, missing: String)
    /// Vaults, or those who begin with its shares, bring more than a venue's lenders were to top up.
    case utilizationOutOfReach(venue: String, wanted: Double, most: Double)
    /// Drawn so small that nothing is left after rounding.
    case emptyPosition(name: String)
    case priceOutOfRange(asset: String, price: Double)
    case audit([AuditFinding])
  }

  package let reason: Reason
  /// What was being done; nil while the world was being set up.
  package let event: EventHeader?

  package init(_ reason: Reason, during event: EventHeader?) {
    self.reason = reason
    self.event = event
  }
}

/// Posts; a refusal of the ledger becomes the reason why the run ends.
func settling(_ posting: Posting, in ledger: inout Ledger) throws(RunFailure.Reason) {
  do { try ledger.post(posting) } catch { throw .ledger(error, ledger.text(of: error)) }
}

/// Runs `body`; a refusal of arithmetic becomes the reason why the run ends.
func calculating<Result>(
  _ body: () throws(ArithmeticRefusal) -> Result
) throws(RunFailure.Reason) -> Result {
  do { return try body() } catch { throw .arithmetic(error) }
}

extension RunFailure.Reason: CustomStringConvertible {
  /// A sentence for a person: what, who, how much.
  package var description: String {
    switch self {
    case .ledger(_, let text): text
    case .arithmetic(.overflow):
      "an amount has no place in 64 bits of base units; give the asset fewer decimals"
    case .arithmetic(.divisionByZero): "a division by zero"
    case .arithmetic(.negative): "an amount that cannot be negative is"
    case .time: "a time that has no place in 64 bits of microseconds"
    case .queue(.zeno(let time)): "time stands still at \(time): one thing causes another without end"
    case .queue(.past(let requested, let now)): "an event for \(requested) was scheduled at \(now)"
    case .queue(.tooLate(let time)): "\(time) is later than the clock goes"
    case .absorption(let layer, let error): "the layer \(layer) proposed what no law allows: \(error)"
    case .distribution(let error): "\(error)"
    case .insufficientDeposits(let venue, let missing):
      "\(venue)'s borrowers want \(missing) more than its lenders deposit; "
        + "raise the lenders' `count` or `size`, or set `utilization`"
    case .utilizationOutOfReach(let venue, let wanted, let most):
      "the `utilization` of \(venue) was to be \(percent(wanted)), and what vaults and holders of its shares "
        + "have put in makes it at most \(percent(most)); lower it, or give the venue more borrowers"
    case .emptyPosition(let name):
      "\(name) is so small that nothing is left of its loan or collateral after rounding"
    case .priceOutOfRange(let asset, let price): "the price of \(asset) became \(price)"
    case .audit(let findings): "the books are wrong: " + findings.map(\.description).joined(separator: "; ")
    }
  }
}

/// `62.5 %`, to a tenth.
private func percent(_ share: Double) -> String {
  let tenths = Int64((share * 1000).rounded())
  return "\(tenths / 10)\(tenths % 10 == 0 ? "" : ".\(tenths % 10)") %"
}

extension Ledger {
  /// A refusal in words.
  func text(of refusal: LedgerRefusal) -> String {
    func amount(_ amount: Amount, _ asset: AssetID) -> String {
      "\(amount.formatted(decimals: self[asset].decimals)) \(self[asset].name)"
    }
    switch refusal {
    case .negativeAmount(let asset, let units): return "a transfer of \(amount(units, asset))"
    case .sameAccount(let account, let asset):
      return "a transfer of \(self[asset].name) from \(self[account].name) to itself"
    case .unknownAccount(let account): return "a transfer to account \(account.index), which does not exist"
    case .unknownAsset(let asset): return "a transfer of asset \(asset.index), which does not exist"
    case .unnamedSupplyChange(let asset, let purpose):
      return "the supply of \(self[asset].name) would change under \(purpose)"
    case .insufficientFunds(let account, let asset, let missing):
      return "\(self[account].name) is \(amount(missing, asset)) short"
    case .issuerWouldHold(let account, let asset, let excess):
      return "\(self[account].name) would hold \(amount(excess, asset)) of what it owes"
    case .overflow(let account, let asset):
      return "\(self[account].name) would have more \(self[asset].name) than 64 bits of base units hold; "
        + "give the asset fewer decimals"
    }
  }
}
