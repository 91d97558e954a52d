import Kernel
import Ledger

// What layers pay at once.

extension World {
  /// Posts what is taken, by the layer's means in their order, and takes it out of the deficit.
  mutating func settle(
    _ absorption: Absorption, _ loss: FallingLoss, _ place: Int, _ bearers: BearerPool, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let step = waterfalls[loss.venue].steps[place]
    let means = type(of: step.layer).declaration.means
    guard let parts = Absorption.split(absorption.taken, over: means, of: bearers) else { return }
    for (means, amount) in zip(means, parts) where !amount.isZero {
      try pay(amount, by: means, step, loss, header)
    }
    venues[loss.venue].reserves[loss.reserve].deficit -= absorption.taken
  }

  private mutating func pay(
    _ amount: Amount, by means: Absorption.Means, _ step: Waterfall.Step, _ loss: FallingLoss,
    _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let (venue, reserve) = (loss.venue, loss.reserve)
    switch means {
    case .nothing:
      break
    case .capital:
      try post(
        Posting(
          Transfer(
            from: step.account, to: venues[venue].account, asset: venues[venue].reserves[reserve].asset,
            amount: amount, for: .lossPayment)))
    case .stake:
      guard let pool = step.layer.stakePool else { return }
      try slash(amount, of: pool, to: venues[venue].account, loss, header)
    case .reserves:
      venues[venue].reserves[reserve].reserves -= amount
    case .interest, .claims:
      venues[venue].reserves[reserve].claims.writeDown(amount)
    }
  }

  /// Every staker of a pool loses in the same ratio; what they lose goes to `receiver`.
  mutating func slash(
    _ amount: Amount, of pool: VenueID, to receiver: AccountID, _ loss: FallingLoss, _ header: EventHeader
  ) throws(RunFailure.Reason) {
    let stake = venues[pool].reserves[0]
    try post(
      Posting(
        Transfer(
          from: stake.account, to: receiver, asset: stake.asset, amount: amount, for: .lossPayment)))
    venues[pool].reserves[0].claims.writeDown(amount)
    record(.slashed(loss: loss.number, pool: pool, amount: amount), header)
    try claimsChanged(pool, 0, afterLoss: 0, header)
  }
}
