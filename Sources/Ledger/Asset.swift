/// Anything that can be owned or owed: a token, a share of a venue, a debt.
///
/// Every asset sums to zero over all accounts: what somebody holds, an issuer owes. `decimals` says how many
/// base units make one token (10^decimals).
package struct Asset: Sendable {
  /// Whose balance may be below zero.
  package enum Issuance: Hashable, Sendable {
    /// One issuer owes what everybody else holds: the outside world for a token, a venue for its shares.
    case single(AccountID)
    /// Everybody owes and one creditor holds: the loans of a venue.
    case owedTo(AccountID)
  }

  package let name: String
  package let decimals: Int
  package let issuance: Issuance
  /// Base units of one token as a floating-point number; exact, since 10¹⁵ < 2⁵³.
  package let unitsPerToken: Double

  package init(name: String, decimals: Int, issuance: Issuance) {
    precondition((0...15).contains(decimals), "decimals are checked when a config is read")
    self.name = name
    self.decimals = decimals
    self.issuance = issuance
    unitsPerToken = Double(Asset.powersOfTen[decimals])
  }

  /// 10⁰ … 10¹⁵.
  package static let powersOfTen: [Int64] = {
    var powers: [Int64] = [1]
    for _ in 1...15 { powers.append(powers[powers.count - 1] * 10) }
    return powers
  }()

  package func mayBeNegative(_ account: AccountID) -> Bool {
    switch issuance {
    case .single(let issuer): account == issuer
    case .owedTo(let creditor): account != creditor
    }
  }

  package func mayBePositive(_ account: AccountID) -> Bool {
    switch issuance {
    case .single(let issuer): account != issuer
    case .owedTo(let creditor): account == creditor
    }
  }
}

/// A holder of assets: a person, a venue, a pool, a position in escrow.
package struct Account: Sendable {
  package let name: String

  package init(name: String) { self.name = name }
}
