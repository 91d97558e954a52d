import Kernel
import Ledger

// The world in which nobody has to bear a loss: what the others are measured against.

extension World {
  /// Somebody from outside pays a loss at once, in full and in cash, before any layer is asked.
  mutating func fillHole(
    _ amount: Amount, of loss: FallingLoss, by guarantor: AccountID, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let books = venues[loss.venue].reserves[loss.reserve]
    // First out of what it has got back.
    let missing = max(.zero, amount - ledger.balance(of: guarantor, in: books.asset))
    var legs = [
      Transfer(from: guarantor, to: books.account, asset: books.asset, amount: amount, for: .lossPayment)
    ]
    if !missing.isZero {
      legs.append(
        Transfer(from: outside, to: guarantor, asset: books.asset, amount: missing, for: .endowment))
    }
    try post(Posting(legs))
    // Never more than there is of the asset.
    guaranteed[books.asset.position] += missing
    venues[loss.venue].reserves[loss.reserve].deficit -= amount
    if let provision = loss.provision {
      provisions[provision.position][provision.debt].shares.append(
        Provision.Share(loss: loss, step: Provision.guarantorsStep, means: .capital, day: 0, amount: amount))
    }
    record(
      .guaranteed(loss: loss.number, venue: loss.venue, reserve: Int32(loss.reserve), amount: amount), header)
    try cashCame(to: loss.venue, header)
  }
}
