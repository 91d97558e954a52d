import Kernel
import Ledger

/// A random set of accounts and assets, and random postings over them: fair ones, wild ones, and those that
/// live at the edges.
struct RandomPostings {
  enum Shape: String, CaseIterable {
    case fair
    case manyLegs = "many legs"
    case flashLoan = "flash loan"
    case spoiled = "fair but for one leg"
    case wild
    case edge = "edge of Int64"
  }

  var random: RandomStream
  let accountCount: Int
  let issuance: [Asset.Issuance]

  /// Every third set has more assets than a chain of slots holds, so that dense rows are used.
  init(seed: Int) {
    var random = RandomStream.test("postings", seed: seed)
    accountCount = 2 + random.below(6)
    var issuance: [Asset.Issuance] = []
    for _ in 0..<(random.below(3) == 0 ? 17 + random.below(6) : 1 + random.below(5)) {
      let party = AccountID(random.below(accountCount))
      issuance.append(random.below(2) == 0 ? .single(party) : .owedTo(party))
    }
    self.issuance = issuance
    self.random = random
  }

  func makeLedger() -> Ledger {
    var ledger = Ledger()
    for account in 0..<accountCount { _ = ledger.addAccount("account \(account)") }
    for (asset, issuance) in issuance.enumerated() {
      _ = ledger.addAsset(Asset(name: "asset \(asset)", decimals: 8, issuance: issuance))
    }
    ledger.keepsJournal = true
    return ledger
  }

  mutating func posting(_ shape: Shape, _ books: NaiveBooks) -> [Transfer] {
    switch shape {
    case .fair: return [fairLeg(books, edge: false)]
    case .manyLegs: return (0..<(2 + random.below(59))).map { _ in fairLeg(books, edge: false) }
    case .flashLoan: return flashLoan(books)
    case .spoiled:
      var legs = (0..<(1 + random.below(4))).map { _ in fairLeg(books, edge: false) }
      legs.insert(wildLeg(), at: random.below(legs.count + 1))
      return legs
    case .wild: return (0..<random.below(4)).map { _ in wildLeg() }
    case .edge: return (0..<(1 + random.below(2))).map { _ in fairLeg(books, edge: true) }
    }
  }

  /// One posting in which one account takes part with every asset: with more than 16, it gets a dense row.
  mutating func opening() -> [Transfer] {
    let collector = random.below(accountCount)
    return issuance.enumerated().map { asset, issuance in
      let party: Int
      switch issuance {
      case .single(let account), .owedTo(let account): party = account.position
      }
      let other = party == collector ? (party + 1) % accountCount : collector
      let amount = minted() + Amount(units: 1)
      switch issuance {
      case .single: return leg(party, other, asset, amount, supply: true)
      case .owedTo: return leg(other, party, asset, amount, supply: true)
      }
    }
  }

  private static let edges: [Int64] = [
    0, 1, 2, .max, .max - 1, .max / 2, .max / 2 + 1, 1 << 62, 1_000_000_000_000_000,
  ]

  private mutating func amount(edge: Bool, held: Int128) -> Amount {
    if edge { return Amount(units: random.element(of: RandomPostings.edges)) }
    switch random.below(8) {
    case 0: return .zero
    case 1: return Amount(units: Int64(min(held, Int128(Int64.max))))
    case 2: return Amount(units: Int64(min(held + 1, Int128(Int64.max))))
    default: return Amount(units: Int64(random.next() % UInt64(max(1, min(held, 1 << 40)))))
    }
  }

  /// A leg that keeps the rules of its asset; only what is held may be too little.
  private mutating func fairLeg(_ books: NaiveBooks, edge: Bool) -> Transfer {
    let asset = random.below(issuance.count)
    let party: Int
    switch issuance[asset] {
    case .single(let account), .owedTo(let account): party = account.position
    }
    let other = (party + 1 + random.below(accountCount - 1)) % accountCount
    let another = (party + 1 + random.below(accountCount - 1)) % accountCount
    // Out of the issuer, back to it, or (assets of one issuer) between two holders.
    switch (issuance[asset], random.below(3)) {
    case (.single, 0):
      return leg(party, other, asset, edge ? amount(edge: true, held: 0) : minted(), supply: true)
    case (.single, 1) where other != another:
      return leg(
        other, another, asset, amount(edge: edge, held: books.balance(other, asset)), supply: false)
    case (.single, _):
      return leg(other, party, asset, amount(edge: edge, held: books.balance(other, asset)), supply: true)
    case (.owedTo, 0):
      return leg(other, party, asset, edge ? amount(edge: true, held: 0) : minted(), supply: true)
    case (.owedTo, 1) where other != another:
      // A debt changes hands: one owes less, the other more.
      return leg(
        other, another, asset, amount(edge: edge, held: -books.balance(another, asset)), supply: true)
    case (.owedTo, _):
      return leg(party, other, asset, amount(edge: edge, held: -books.balance(other, asset)), supply: true)
    }
  }

  private mutating func minted() -> Amount { Amount(units: random.magnitude(bits: 40)) }

  private mutating func leg(
    _ from: Int, _ to: Int, _ asset: Int, _ amount: Amount, supply: Bool
  ) -> Transfer {
    Transfer(
      from: AccountID(from), to: AccountID(to), asset: AssetID(asset), amount: amount,
      for: random.element(of: supply ? NaiveBooks.supplyPurposes : NaiveBooks.plainPurposes))
  }

  /// A sum that nobody has goes round all holders and comes back, legs in any order: net, nothing happens.
  private mutating func flashLoan(_ books: NaiveBooks) -> [Transfer] {
    let asset = random.below(issuance.count)
    let isDebt = if case .owedTo = issuance[asset] { true } else { false }
    let ring = (0..<accountCount).filter { books.isIssuer($0, of: asset) == isDebt }
    guard ring.count > 1 else { return [] }
    let sum = Amount(units: Int64.max - Int64(random.below(3)))
    let legs = ring.indices.map {
      leg(ring[$0], ring[($0 + 1) % ring.count], asset, sum, supply: isDebt)
    }
    return random.nextPermutation(of: legs.count).map { legs[$0] }
  }

  private mutating func wildLeg() -> Transfer {
    func place(_ count: Int) -> Int {
      random.below(12) == 0
        ? random.element(of: [-1, count, count + 7, Int(Int32.max)]) : random.below(count)
    }
    let from = place(accountCount)
    let to = place(accountCount)
    let asset = place(issuance.count)
    let amount = random.element(of: RandomPostings.edges + [-1, .min, 5, 1000])
    return Transfer(
      from: AccountID(from), to: AccountID(to), asset: AssetID(asset), amount: Amount(units: amount),
      for: random.element(of: TransferPurpose.allCases))
  }
}
