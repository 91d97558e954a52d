/// Who owns and who owes what: the only code that moves value.
///
/// Balances are `Int64` base units in sparse slots: an account keeps a slot for each asset it has ever
/// touched, in a chain; an account that has touched many (a pool, a liquidator) gets a dense row. `post` is
/// the one way to change a balance.
///
///     try ledger.post(Posting(Transfer(from: alice, to: venue, asset: usdc, amount: paid, for: .deposit)))
///
/// Invariants, checked by `LedgerAuditor` in code of its own: every asset sums to zero; only issuers are
/// below zero; issuers never hold what they owe; supply changes only by named purposes.
///
/// - Complexity: `balance` O(assets of the account, at most 16 steps); `post` O(n log n) in its legs.
package struct Ledger: Sendable {
  struct Slot {
    var balance: Int64
    let asset: Int32
    var next: Int32
  }

  /// Where an account's slots are: a chain, or a dense row once the chain has grown long.
  struct Holdings {
    var first: Int32 = -1
    var count: Int32 = 0
    var row: Int32 = -1
  }

  /// A chain this long becomes a dense row: about where a lookup costs more than a cache miss.
  static let longestChain = 16

  package private(set) var assets: [Asset] = []
  package private(set) var accounts: [Account] = []
  private var holdings: [Holdings] = []
  private var slots: [Slot] = []
  private var rows: [[Int32]] = []

  /// Postings since the last audit, kept only while somebody audits.
  package private(set) var journal: [Posting] = []
  package var keepsJournal = false

  package init() {}
}

// MARK: Accounts and assets

extension Ledger {
  package mutating func addAccount(_ name: String) -> AccountID {
    accounts.append(Account(name: name))
    holdings.append(Holdings())
    return AccountID(accounts.count - 1)
  }

  package mutating func addAsset(_ asset: Asset) -> AssetID {
    assets.append(asset)
    return AssetID(assets.count - 1)
  }

  /// Names the issuer of an asset that was declared before its issuer was: a venue's share that others name.
  package mutating func hand(_ asset: AssetID, to issuer: AccountID) {
    precondition(supply(of: asset).isZero, "what has been issued has an issuer")
    let declared = self[asset]
    assets[asset.position] = Asset(
      name: declared.name, decimals: declared.decimals, issuance: .single(issuer))
  }

  package subscript(asset: AssetID) -> Asset { assets[asset.position] }

  /// Without a copy of the asset, which has a name.
  package func unitsPerToken(of asset: AssetID) -> Double { assets[asset.position].unitsPerToken }

  package func decimals(of asset: AssetID) -> Int { assets[asset.position].decimals }

  package subscript(account: AccountID) -> Account { accounts[account.position] }

  package var accountIDs: [AccountID] { accounts.indices.map(AccountID.init) }

  package var assetIDs: [AssetID] { assets.indices.map(AssetID.init) }
}

// MARK: Balances

extension Ledger {
  /// What `account` holds of `asset`; below zero if it owes.
  package func balance(of account: AccountID, in asset: AssetID) -> Amount {
    let slot = slotIndex(account, asset)
    return slot < 0 ? .zero : Amount(units: slots[Int(slot)].balance)
  }

  /// What all holders together hold of `asset` (equals what its issuers owe).
  package func supply(of asset: AssetID) -> Amount {
    switch self[asset].issuance {
    case .single(let issuer): -balance(of: issuer, in: asset)
    case .owedTo(let creditor): balance(of: creditor, in: asset)
    }
  }

  /// The assets that `account` has ever touched, in ascending order.
  package func assetsTouched(by account: AccountID) -> [AssetID] {
    var touched: [AssetID] = []
    var slot = holdings[account.position].first
    while slot >= 0 {
      touched.append(AssetID(Int(slots[Int(slot)].asset)))
      slot = slots[Int(slot)].next
    }
    return touched.sorted()
  }

  /// Shows every balance of an account once, wherever `balance(of:in:)` would find it.
  func forEachBalance(of account: AccountID, _ body: (AssetID, Int64) -> Void) {
    let held = holdings[account.position]
    if held.row >= 0 {
      for (asset, slot) in rows[Int(held.row)].enumerated() where slot >= 0 {
        body(AssetID(asset), slots[Int(slot)].balance)
      }
      return
    }
    var slot = held.first
    while slot >= 0 {
      body(AssetID(Int(slots[Int(slot)].asset)), slots[Int(slot)].balance)
      slot = slots[Int(slot)].next
    }
  }

  private func slotIndex(_ account: AccountID, _ asset: AssetID) -> Int32 {
    let held = holdings[account.position]
    if held.row >= 0 {
      let row = rows[Int(held.row)]
      return asset.position < row.count ? row[asset.position] : -1
    }
    var slot = held.first
    while slot >= 0, slots[Int(slot)].asset != asset.index { slot = slots[Int(slot)].next }
    return slot
  }

  private mutating func openSlot(_ account: AccountID, _ asset: AssetID) -> Int32 {
    let opened = Int32(slots.count)
    slots.append(Slot(balance: 0, asset: asset.index, next: holdings[account.position].first))
    holdings[account.position].first = opened
    holdings[account.position].count += 1
    if holdings[account.position].row >= 0 {
      enter(opened, for: asset, inRow: Int(holdings[account.position].row))
    } else if holdings[account.position].count > Ledger.longestChain {
      holdings[account.position].row = Int32(rows.count)
      rows.append([])
      var slot = opened
      while slot >= 0 {
        enter(slot, for: AssetID(Int(slots[Int(slot)].asset)), inRow: rows.count - 1)
        slot = slots[Int(slot)].next
      }
    }
    return opened
  }

  private mutating func enter(_ slot: Int32, for asset: AssetID, inRow row: Int) {
    while rows[row].count <= asset.position { rows[row].append(-1) }
    rows[row][asset.position] = slot
  }
}

// MARK: Posting

extension Ledger {
  /// The net change of one account in one asset.
  private struct NetChange {
    let account: AccountID
    let asset: AssetID
    var units: Int128
  }

  /// Commits all legs or none. Checks the net balance of each account and asset; where several would be
  /// refused, names the one with the lowest account, then asset.
  package mutating func post(_ posting: Posting) throws(LedgerRefusal) {
    for leg in posting.legs { try check(leg) }
    let changes = netChanges(of: posting)
    for change in changes { try check(change) }
    for change in changes where change.units != 0 {
      var slot = slotIndex(change.account, change.asset)
      if slot < 0 { slot = openSlot(change.account, change.asset) }
      slots[Int(slot)].balance += Int64(change.units)
    }
    if keepsJournal { journal.append(posting) }
  }

  private func check(_ leg: Transfer) throws(LedgerRefusal) {
    guard leg.asset.position >= 0, leg.asset.position < assets.count else { throw .unknownAsset(leg.asset) }
    for account in [leg.from, leg.to] where account.position < 0 || account.position >= accounts.count {
      throw .unknownAccount(account)
    }
    guard leg.amount.units >= 0 else { throw .negativeAmount(leg.asset, leg.amount) }
    guard leg.from != leg.to else { throw .sameAccount(leg.from, leg.asset) }
    let asset = assets[leg.asset.position]
    let issuerTakesPart = asset.mayBeNegative(leg.from) || asset.mayBeNegative(leg.to)
    guard issuerTakesPart == leg.purpose.changesSupply else {
      throw .unnamedSupplyChange(leg.asset, leg.purpose)
    }
  }

  private func netChanges(of posting: Posting) -> [NetChange] {
    var changes: [NetChange] = []
    changes.reserveCapacity(posting.legs.count * 2)
    for leg in posting.legs {
      changes.append(NetChange(account: leg.from, asset: leg.asset, units: -Int128(leg.amount.units)))
      changes.append(NetChange(account: leg.to, asset: leg.asset, units: Int128(leg.amount.units)))
    }
    changes.sort { ($0.account, $0.asset) < ($1.account, $1.asset) }
    var net: [NetChange] = []
    net.reserveCapacity(changes.count)
    for change in changes {
      if let last = net.last, last.account == change.account, last.asset == change.asset {
        net[net.count - 1].units += change.units
      } else {
        net.append(change)
      }
    }
    return net
  }

  private func check(_ change: NetChange) throws(LedgerRefusal) {
    let (account, asset) = (change.account, change.asset)
    let result = Int128(balance(of: account, in: asset).units) + change.units
    // The lowest Int64 has no opposite; leaving it out keeps every negation of a balance safe.
    guard result <= Int128(Int64.max), result >= -Int128(Int64.max) else { throw .overflow(account, asset) }
    if result < 0, !self[asset].mayBeNegative(account) {
      throw .insufficientFunds(account, asset, missing: Amount(units: Int64(-result)))
    }
    if result > 0, !self[asset].mayBePositive(account) {
      throw .issuerWouldHold(account, asset, excess: Amount(units: Int64(result)))
    }
  }

  /// Hands the postings since the last call to an auditor and forgets them.
  package mutating func takeJournal() -> [Posting] {
    defer { journal = [] }
    return journal
  }

  /// Changes a balance behind the ledger's back, so that tests can prove that the auditor notices.
  package mutating func tamper(with account: AccountID, in asset: AssetID, by units: Int64) {
    var slot = slotIndex(account, asset)
    if slot < 0 { slot = openSlot(account, asset) }
    slots[Int(slot)].balance += units
  }
}
