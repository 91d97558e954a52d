import Ledger

/// A class of holders whose wealth is told together: a population, a venue, a fund, a pool.
package struct Party: Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    case lender, staker, borrower, looper, liquidator, arbitrageur, noiseTrader, tokenHolder, bidder
    case venue, fund, pool
    /// The world outside: what it has got out of trades, fees and rounding.
    case outside
    /// What the tokens that everybody began with are worth now, on the other side of the sheet.
    case prices
    /// What protocols have issued of their own tokens since.
    case issued
    /// Who fills the hole in the other run.
    case guarantor
  }

  package let name: String
  package let kind: Kind
  /// One after another, as they were made.
  package let accounts: Range<Int>

  package init(name: String, kind: Kind, accounts: Range<Int>) {
    self.name = name
    self.kind = kind
    self.accounts = accounts
  }
}

/// What everybody owns at one moment, in millionths of a dollar at reference prices: claims at their book
/// value, loans at no more than what stands behind them. In the order of the world's parties, then
/// `outside`, `prices`, `issued` and `guarantor`: together they are zero, up to rounding.
package struct Wealth: Hashable, Sendable {
  package var byParty: [Int128]
  package var outside: Int128
  package var prices: Int128
  package var issued: Int128
  package var guarantor: Int128

  package init(
    byParty: [Int128], outside: Int128, prices: Int128, issued: Int128, guarantor: Int128
  ) {
    self.byParty = byParty
    self.outside = outside
    self.prices = prices
    self.issued = issued
    self.guarantor = guarantor
  }

  package var all: [Int128] { byParty + [outside, prices, issued, guarantor] }

  package static let othersKinds: [Party.Kind] = [.outside, .prices, .issued, .guarantor]
}

/// Who really paid: what each party owns at the end, and what it would own if somebody from outside had
/// filled every hole when it was recognised.
///
/// The law: each column adds up to zero, so what the parties have lost by it is what the guarantor would have
/// paid, less what the outside has lost, less what prices have.
package struct Incidence: Sendable {
  package struct Row: Sendable {
    package let party: String
    package let kind: Party.Kind
    package let start: Int128
    package let end: Int128
    package let guaranteed: Int128

    /// What it has lost by how losses were borne; below zero, gained.
    package var incidence: Int128 { guaranteed - end }
  }

  package let rows: [Row]

  package init(parties: [Party], start: Wealth, end: Wealth, guaranteed: Wealth) {
    let names = parties.map { ($0.name, $0.kind) } + Wealth.othersKinds.map { ($0.rawValue, $0) }
    rows = names.indices.map { place in
      Row(
        party: names[place].0, kind: names[place].1, start: start.all[place], end: end.all[place],
        guaranteed: guaranteed.all[place])
    }
  }
}

/// What one holder has borne of a loss; below zero, got back.
package struct HolderLoss: Hashable, Sendable {
  package let loss: Int32
  /// The layer's place in the waterfall of the venue that lost.
  package let step: Int32
  /// Nil for what rounding has left between the holders, or where nobody's account was touched.
  package let holder: AccountID?
  /// What was lost: claims are told in the asset that they are on.
  package let asset: AssetID
  package let amount: Amount

  package init(loss: Int32, step: Int32, holder: AccountID?, asset: AssetID, amount: Amount) {
    self.loss = loss
    self.step = step
    self.holder = holder
    self.asset = asset
    self.amount = amount
  }
}
