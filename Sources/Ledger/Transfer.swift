/// Why value moves. Supply changes only under a purpose that says so.
package enum TransferPurpose: UInt8, CaseIterable, Sendable {
  /// What an account owns when a run begins, given by the outside world.
  case endowment
  /// A trade with the world outside the model, at the reference price.
  case outsideTrade
  case deposit
  case shareIssue
  case shareRedemption
  case withdrawal
  case collateral
  case loan
  case debtIssue
  case repayment
  case debtRetirement
  case seizure
  case swap
  /// A venue gives up a claim on a borrower who has nothing left.
  case writeOff
  /// A bearer makes a loss good in cash.
  case lossPayment
  /// What a place in a block costs; it leaves the model.
  case blockFee
  /// A protocol issues more of a token.
  case mint
  /// A venue's part of what it keeps, paid into its mutual pool or its fund.
  case premium

  /// Whether an issuer may be on one side: a mint, a burn, or a fact from outside.
  package var changesSupply: Bool {
    switch self {
    case .endowment, .outsideTrade, .shareIssue, .shareRedemption, .debtIssue, .debtRetirement, .writeOff,
      .blockFee, .mint:
      true
    case .deposit, .withdrawal, .collateral, .loan, .repayment, .seizure, .swap, .lossPayment,
      .premium:
      false
    }
  }
}

/// One leg: an amount of one asset from one account to another.
package struct Transfer: Hashable, Sendable {
  package let from: AccountID
  package let to: AccountID
  package let asset: AssetID
  package let amount: Amount
  package let purpose: TransferPurpose

  package init(from: AccountID, to: AccountID, asset: AssetID, amount: Amount, for purpose: TransferPurpose) {
    self.from = from
    self.to = to
    self.asset = asset
    self.amount = amount
    self.purpose = purpose
  }
}

/// Legs that happen together or not at all.
///
/// Only the *net* change of each account and asset is checked, so that a flash loan (borrow, sell, repay) or
/// a netted settlement is one posting and needs no capital in between.
package struct Posting: Hashable, Sendable {
  package var legs: [Transfer]

  package init(_ legs: [Transfer] = []) { self.legs = legs }

  package init(_ legs: Transfer...) { self.legs = legs }
}

/// Why the ledger refused a posting. A refusal leaves no trace.
package enum LedgerRefusal: Error, Hashable, Sendable {
  case negativeAmount(AssetID, Amount)
  case sameAccount(AccountID, AssetID)
  case unknownAccount(AccountID)
  case unknownAsset(AssetID)
  /// The supply of an asset would change under a purpose that does not say so.
  case unnamedSupplyChange(AssetID, TransferPurpose)
  case insufficientFunds(AccountID, AssetID, missing: Amount)
  /// An issuer cannot hold what it owes.
  case issuerWouldHold(AccountID, AssetID, excess: Amount)
  case overflow(AccountID, AssetID)
}
