import Kernel
import Ledger

/// Σ max(0, net worth) of final holders + Σ venues' equity = what the outside gave + hidden bad debt +
/// deficits, at integer prices. Claims count at their book value with whoever holds them, a vault among
/// others. Every claim rounds down and every debt up by less than a unit, which bounds the difference.
///
/// Goes by the balances that a whole audit of the ledger has just read.
///
/// - Complexity: O(accounts + balances).
struct WealthAudit {
  /// What one asset is for wealth.
  private enum Role {
    case token(price: Int128)
    /// Of the lent asset at a place in `reserves`; a named one can be collateral.
    case share(Int, isNamed: Bool)
    case debt(Int)
    /// Nobody counts it.
    case nothing
  }

  /// A venue's lent asset, and what a unit of it is worth.
  private struct Lent {
    let venue: VenueID
    let books: Reserve
    let unit: Int128
    let total: Int128
    let issued: Int128

    func bookValue(_ held: Int64) -> Int128 { issued > 0 ? Int128(held) * total / issued : 0 }
  }

  private let ledger: Ledger
  private let read: BalancesRead
  /// By asset.
  private var roles: [Role]
  private var reserves: [Lent] = []

  private var left: Int128 = 0
  private var right: Int128 = 0
  private var tolerance: Int128 = 0
  /// By lent asset: what holders have of it.
  private var claims: [Int128]

  init(
    _ ledger: Ledger, _ read: BalancesRead, _ venues: [LendingPool], shares: [WorldSpecification.Share?],
    board: PriceBoard
  ) {
    (self.ledger, self.read) = (ledger, read)
    let tokens = board.prices.indices.filter { shares[$0] == nil }.map(AssetID.init)
    // As fine as leaves room: no token's whole supply is worth more than 2¹⁰⁰.
    let dearest =
      tokens.map { asset in
        board[asset] / ledger.unitsPerToken(of: asset) * Double(ledger.supply(of: asset).units)
      }.max() ?? 1
    let scale = min(0x1p40, 0x1p100 / max(dearest, 1))
    func price(_ asset: AssetID) -> Int128 {
      max(1, Int128((board[asset] / ledger.unitsPerToken(of: asset) * scale).rounded()))
    }
    roles = Array(repeating: .nothing, count: ledger.assets.count)
    for token in tokens { roles[token.position] = .token(price: price(token)) }
    for (venue, pool) in venues.enumerated() {
      for lent in pool.reserves {
        let place = reserves.count
        let isNamed = shares.indices.contains(lent.shareAsset.position)
        roles[lent.shareAsset.position] = .share(place, isNamed: isNamed)
        roles[lent.debtAsset.position] = .debt(place)
        reserves.append(
          Lent(
            venue: VenueID(venue), books: lent, unit: price(lent.asset),
            total: Int128(lent.claims.totalAssets.units), issued: Int128(lent.claims.totalShares.units)))
      }
    }
    claims = Array(repeating: 0, count: reserves.count)
  }

  /// What is wrong, if anything.
  consuming func finding(_ positions: [Position], _ outside: AccountID) -> AuditFinding? {
    var isHolder = Array(repeating: true, count: ledger.accounts.count)
    isHolder[outside.position] = false
    for position in positions { isHolder[position.account.position] = false }
    for place in read.places(of: outside) {
      if case .token(let price) = roles[read.held[place].asset.position] {
        right -= Int128(read.held[place].units) * price
      }
    }
    for position in positions {
      let net = net(of: position)
      left += max(0, net)
      right += max(0, -net)
    }
    for account in isHolder.indices where isHolder[account] { count(holder: AccountID(account)) }
    for place in reserves.indices { countReserve(place) }
    guard abs(left - right) > tolerance else { return nil }
    return AuditFinding("wealth \(left) against \(right), more than the rounding of \(tolerance) apart")
  }

  /// Its tokens and collateral claims without its debts, which are rounded up.
  private mutating func net(of position: Position) -> Int128 {
    var net: Int128 = 0
    let one = Int128(DebtIndex.one)
    for place in read.places(of: position.account) {
      let (asset, units) = (read.held[place].asset, read.held[place].units)
      switch roles[asset.position] {
      case .token(let price): net += Int128(units) * price
      case .share(let place, isNamed: true):
        let value = reserves[place].bookValue(units)
        guard value > 0 else { continue }
        net += value * reserves[place].unit
        tolerance += reserves[place].unit
      case .debt(let place):
        guard units < 0, reserves[place].venue == position.venue else { continue }
        let scaled = -Int128(units)
        let owed = (scaled * Int128(reserves[place].books.index.value) + one - 1) / one
        net -= owed * reserves[place].unit
        tolerance += reserves[place].unit
      case .share, .nothing: continue
      }
    }
    return net
  }

  /// A holder owns tokens and claims; a venue's cash is counted here, too.
  private mutating func count(holder account: AccountID) {
    for place in read.places(of: account) {
      let (asset, units) = (read.held[place].asset, read.held[place].units)
      switch roles[asset.position] {
      case .token(let price): left += Int128(units) * price
      case .share(let place, _):
        guard account != reserves[place].books.account else { continue }
        let value = reserves[place].bookValue(units)
        guard value > 0 else { continue }
        claims[place] += value
        tolerance += reserves[place].unit
      case .debt, .nothing: continue
      }
    }
  }

  /// What is claimed from a venue, and what it has beside its cash.
  private mutating func countReserve(_ place: Int) {
    let lent = reserves[place]
    // What accrues when nobody has a claim is nobody's; a position's claims have been counted with its debts.
    let claimed = lent.issued == 0 ? lent.total : claims[place]
    let scaled = Int128(ledger.balance(of: lent.books.account, in: lent.books.debtAsset).units)
    let booked = scaled * Int128(lent.books.index.value) / Int128(DebtIndex.one)
    let deficit = Int128(lent.books.deficit.units)
    left += (claimed + booked + deficit - lent.total) * lent.unit
    right += deficit * lent.unit
    tolerance += lent.unit
  }
}
