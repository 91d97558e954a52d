import Ledger

/// The ledger's rules written down a second time, as plainly as possible: a dictionary of 128-bit balances.
struct NaiveBooks {
  struct Place: Hashable {
    let account: Int
    let asset: Int
  }

  let accountCount: Int
  let issuance: [Asset.Issuance]
  private(set) var balances: [Place: Int128] = [:]

  init(accountCount: Int, issuance: [Asset.Issuance]) {
    self.accountCount = accountCount
    self.issuance = issuance
  }

  /// By hand from the comment in `TransferPurpose`: a mint, a burn, or a fact from outside.
  static let supplyPurposes: [TransferPurpose] = [
    .endowment, .outsideTrade, .shareIssue, .shareRedemption, .debtIssue, .debtRetirement, .writeOff,
    .blockFee, .mint,
  ]
  static let plainPurposes: [TransferPurpose] = [
    .deposit, .withdrawal, .collateral, .loan, .repayment, .seizure, .swap, .lossPayment, .premium,
  ]

  func balance(_ account: Int, _ asset: Int) -> Int128 {
    balances[Place(account: account, asset: asset)] ?? 0
  }

  func isIssuer(_ account: Int, of asset: Int) -> Bool {
    switch issuance[asset] {
    case .single(let issuer): return Int(issuer.index) == account
    case .owedTo(let creditor): return Int(creditor.index) != account
    }
  }

  /// Legs one after the other, each rule in the documented order; then net balances, lowest account first.
  mutating func post(_ legs: [Transfer]) -> LedgerRefusal? {
    for leg in legs {
      if let refusal = refusal(of: leg) { return refusal }
    }
    var after = balances
    var touched: Set<Place> = []
    for leg in legs {
      let from = Place(account: Int(leg.from.index), asset: Int(leg.asset.index))
      let to = Place(account: Int(leg.to.index), asset: Int(leg.asset.index))
      after[from, default: 0] -= Int128(leg.amount.units)
      after[to, default: 0] += Int128(leg.amount.units)
      touched.formUnion([from, to])
    }
    for account in 0..<accountCount {
      for asset in issuance.indices where touched.contains(Place(account: account, asset: asset)) {
        let balance = after[Place(account: account, asset: asset)] ?? 0
        let (who, what) = (AccountID(account), AssetID(asset))
        if balance > 9_223_372_036_854_775_807 || balance < -9_223_372_036_854_775_807 {
          return .overflow(who, what)
        }
        if balance < 0, !isIssuer(account, of: asset) {
          return .insufficientFunds(who, what, missing: Amount(units: Int64(-balance)))
        }
        if balance > 0, isIssuer(account, of: asset) {
          return .issuerWouldHold(who, what, excess: Amount(units: Int64(balance)))
        }
      }
    }
    balances = after
    return nil
  }

  private func refusal(of leg: Transfer) -> LedgerRefusal? {
    if !issuance.indices.contains(Int(leg.asset.index)) { return .unknownAsset(leg.asset) }
    if !(0..<accountCount).contains(Int(leg.from.index)) { return .unknownAccount(leg.from) }
    if !(0..<accountCount).contains(Int(leg.to.index)) { return .unknownAccount(leg.to) }
    if leg.amount.units < 0 { return .negativeAmount(leg.asset, leg.amount) }
    if leg.from == leg.to { return .sameAccount(leg.from, leg.asset) }
    let asset = Int(leg.asset.index)
    let issuerIsIn = isIssuer(Int(leg.from.index), of: asset) || isIssuer(Int(leg.to.index), of: asset)
    if issuerIsIn != NaiveBooks.supplyPurposes.contains(leg.purpose) {
      return .unnamedSupplyChange(leg.asset, leg.purpose)
    }
    return nil
  }
}
