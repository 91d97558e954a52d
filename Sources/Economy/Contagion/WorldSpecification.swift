import Kernel
import Ledger

/// Everything a run needs to know, checked and resolved: what a config means once read.
///
/// Tokens are numbered in the order of `assets`: `AssetID(0)` is the first. Shares that have a name follow
/// them and are tokens, too; then come venues' other shares, and debts.
package struct WorldSpecification: Sendable {
  package struct Token: Sendable {
    package let name: String
    package let decimals: Int
    package let price: Double
    /// What moves its reference price by itself; nil for nothing but shocks.
    package let process: PriceProcess?
    /// How trades with the outside move it; nil for an infinitely deep market.
    package let impact: Impact?
    /// Whose share it is: not given by the outside world but issued for deposits, and priced on its venue's
    /// books.
    package let share: Share?

    package init(
      name: String, decimals: Int, price: Double, process: PriceProcess? = nil, impact: Impact? = nil,
      share: Share? = nil
    ) {
      self.process = process
      self.impact = impact
      self.name = name
      self.decimals = decimals
      self.price = price
      self.share = share
    }
  }

  /// The claims on one lent asset of a venue, as something that has a name.
  package struct Share: Hashable, Sendable {
    package let venue: VenueID
    package let reserve: Int

    package init(_ venue: VenueID, reserve: Int = 0) {
      self.venue = venue
      self.reserve = reserve
    }
  }

  /// Where a vault puts what: `portion` of its deposits into a reserve of another venue, the rest idle. In
  /// the order in which it draws on them.
  package struct Allocation: Hashable, Sendable {
    package let venue: VenueID
    package let reserve: Int
    package let portion: Double

    package init(_ venue: VenueID, reserve: Int = 0, portion: Double) {
      self.venue = venue
      self.reserve = reserve
      self.portion = portion
    }
  }

  package struct Pool: Sendable {
    package let name: String
    package let base: AssetID
    package let quote: AssetID
    package let feeMillionths: Int64
    package let baseReserve: Amount
    package let quoteReserve: Amount
    package let curve: PoolCurve

    package init(
      name: String, base: AssetID, quote: AssetID, feeMillionths: Int64, baseReserve: Amount,
      quoteReserve: Amount, curve: PoolCurve = .constantProduct
    ) {
      self.name = name
      self.base = base
      self.quote = quote
      self.feeMillionths = feeMillionths
      self.baseReserve = baseReserve
      self.quoteReserve = quoteReserve
      self.curve = curve
    }
  }

  package struct Layer: Sendable {
    package let type: any LossLayer.Type
    package let settings: LayerSettings
    package let limits: LayerLimits

    package init(
      _ type: any LossLayer.Type, _ settings: LayerSettings = LayerSettings(),
      limits: LayerLimits = LayerLimits()
    ) {
      self.type = type
      self.settings = settings
      self.limits = limits
    }
  }

  /// Capital that is there whether or not a layer calls it.
  package struct Fund: Sendable {
    package let name: String
    package let holdings: [LayerValue.Holding]

    package init(name: String, holdings: [LayerValue.Holding]) {
      self.name = name
      self.holdings = holdings
    }
  }

  /// An asset that a venue lends.
  package struct Loan: Sendable {
    package let asset: AssetID
    package let rate: RateCurve
    package let reserveFactor: Double

    package init(_ asset: AssetID, rate: RateCurve = .flat(0), reserveFactor: Double = 0) {
      self.asset = asset
      self.rate = rate
      self.reserveFactor = reserveFactor
    }
  }

  package struct Venue: Sendable {
    package let name: String
    package let debts: [Loan]
    package let collateral: [CollateralTerms]
    package let closeFactor: Double
    package let fullCloseBelow: Double
    package let accrualPeriod: SimDuration
    package var recognition: Recognition
    /// Without the `unresolved` that ends every waterfall, unless the config says it.
    package var waterfall: [Layer]
    package let withdrawals: WithdrawalRule
    /// Of a stake pool.
    package private(set) var cooldown = SimDuration.zero
    /// Of a vault, which allocates to venues that stand before it; nil for a venue that lends.
    package let allocation: [Allocation]?
    /// Of a vault; nil where nobody looks after what it holds.
    package var curator: Curator?

    package init(
      name: String, debts: [Loan], collateral: [CollateralTerms], closeFactor: Double,
      fullCloseBelow: Double, accrualPeriod: SimDuration, recognition: Recognition, waterfall: [Layer],
      withdrawals: WithdrawalRule = .partial
    ) {
      self.name = name
      self.debts = debts
      self.collateral = collateral
      self.closeFactor = closeFactor
      self.fullCloseBelow = fullCloseBelow
      self.accrualPeriod = accrualPeriod
      self.recognition = recognition
      self.waterfall = waterfall
      self.withdrawals = withdrawals
      allocation = nil
      curator = nil
    }

    /// A stake pool of one asset: nobody borrows from it, and waterfalls may call it.
    package init(stakePool name: String, asset: AssetID, cooldown: SimDuration = .zero) {
      self.init(
        name: name, debts: [Loan(asset)], collateral: [], closeFactor: 1, fullCloseBelow: 0,
        accrualPeriod: .hours(1), recognition: .onExhaustion, waterfall: [])
      self.cooldown = cooldown
    }

    /// Whether stakers put its asset in, and nobody borrows it.
    package var isStakePool: Bool { allocation == nil && collateral.isEmpty }

    /// A vault of one asset.
    package init(
      vault name: String, asset: AssetID, allocation: [Allocation], waterfall: [Layer],
      curator: Curator? = nil
    ) {
      self.name = name
      debts = [Loan(asset)]
      collateral = []
      closeFactor = 1
      fullCloseBelow = 0
      accrualPeriod = .hours(1)
      recognition = .onExhaustion
      self.waterfall = waterfall
      withdrawals = .partial
      self.allocation = allocation
      self.curator = curator
    }
  }

  /// How much of what a borrower posts, or borrows, is in one asset: a place in the venue's list, and a
  /// weight against the borrower's other parts.
  package struct Part: Hashable, Sendable {
    package let place: Int
    package let weight: Double

    package init(_ place: Int, weight: Double = 1) {
      self.place = place
      self.weight = weight
    }
  }

  package enum Population: Sendable {
    /// `size` is each lender's deposit into a reserve of the venue. With `utilization`, sizes are weights:
    /// together the reserve's lenders hold what makes borrowed / deposited equal to it, besides what vaults
    /// and borrowers have put in.
    case lenders(
      id: String, venue: VenueID, reserve: Int, count: Int, size: AmountDistribution, utilization: Double?,
      watch: Watch? = nil)
    /// `size` is the value of a position's collateral in the first asset that it borrows, at reference
    /// prices; `ltv` how much of it is borrowed, drawn from what the venue's limits, weighted by collateral,
    /// allow. With `care` they look after what they have borrowed.
    /// Parts stand in the order of the venue's lists.
    case borrowers(
      id: String, venue: VenueID, collateral: [Part], debts: [Part], count: Int, size: AmountDistribution,
      ltv: RatioDistribution, care: Care? = nil)
    /// Borrowers of one asset against one, who post what they have borrowed, turned into the collateral,
    /// again, `loops` times (see `Looper`): `size` is the worth of each one's own funds, in what is borrowed.
    /// `watch` is how they look after it; nil: they never do.
    case loopers(
      id: String, venue: VenueID, collateral: Int, debt: Int, count: Int, size: AmountDistribution,
      ltv: RatioDistribution, loops: Int, watch: LoopWatch?)
    case liquidators(id: String, count: Int, terms: LiquidatorTerms)
    /// `bid` is what each bids for a place in a block, in the pool's quote asset.
    case arbitrageurs(
      id: String, pool: PoolID, count: Int, latency: SimDuration, capital: Amount,
      bid: AmountDistribution? = nil)
    /// `every` is the mean time between the trades of one, `size` the worth of a trade in the pool's quote
    /// asset, `capital` what each begins with of that asset, and in the other as much worth at the reference.
    case noiseTraders(
      id: String, pool: PoolID, count: Int, every: SimDuration, size: AmountDistribution, capital: Amount,
      bid: AmountDistribution? = nil)

    /// `size` is what each holds of the token; each sells for `currency` when it expects that more is minted
    /// than its draw from `sellAt`.
    case tokenHolders(
      id: String, count: Int, token: AssetID, size: AmountDistribution, currency: AssetID,
      every: SimDuration, sellAt: RatioDistribution)
    /// `capital` is what each has to spend, and `discount` how far below its price it wants what it buys.
    case bidders(
      id: String, count: Int, currency: AssetID, capital: AmountDistribution, discount: RatioDistribution)

    package var count: Int {
      switch self {
      case .lenders(_, _, _, let count, _, _, _), .borrowers(_, _, _, _, let count, _, _, _),
        .loopers(_, _, _, _, let count, _, _, _, _), .liquidators(_, let count, _),
        .bidders(_, let count, _, _, _), .tokenHolders(_, let count, _, _, _, _, _),
        .arbitrageurs(_, _, let count, _, _, _),
        .noiseTraders(_, _, let count, _, _, _, _):
        count
      }
    }

    package var id: String {
      switch self {
      case .lenders(let id, _, _, _, _, _, _), .borrowers(let id, _, _, _, _, _, _, _),
        .loopers(let id, _, _, _, _, _, _, _, _), .liquidators(let id, _, _),
        .bidders(let id, _, _, _, _), .tokenHolders(let id, _, _, _, _, _, _),
        .arbitrageurs(let id, _, _, _, _, _),
        .noiseTraders(let id, _, _, _, _, _, _):
        id
      }
    }
  }

  /// A block of Ethereum.
  package static let usualTick = SimDuration.seconds(12)

  package let horizon: SimTime
  /// Without one, whoever acts acts at once.
  package let chain: ChainTerms?
  package let tokens: [Token]
  /// Between the steps of every process.
  package let tick: SimDuration
  /// Of the tokens' normal draws; a pair that is not here is not correlated.
  package let correlations: [Correlation]
  package let shocks: [Shock]
  package let manipulations: [Manipulation]
  package let pools: [Pool]
  package let oracles: [Oracle]
  package let funds: [Fund]
  package let venues: [Venue]
  package let populations: [Population]
  package let governance: [GovernanceChange]
  /// Whether somebody from outside fills every hole when it is recognised, and everybody knows it: the run
  /// that tells who really paid in the other one (see `Incidence`).
  package var isGuaranteed = false

  package init(
    horizon: SimTime, chain: ChainTerms? = nil, tokens: [Token], shocks: [Shock], pools: [Pool],
    oracles: [Oracle], venues: [Venue], populations: [Population],
    tick: SimDuration = WorldSpecification.usualTick, correlations: [Correlation] = [],
    manipulations: [Manipulation] = [], governance: [GovernanceChange] = [],
    funds: [Fund] = []
  ) {
    self.funds = funds
    self.manipulations = manipulations
    self.governance = governance
    self.tick = tick
    self.correlations = correlations
    self.horizon = horizon
    self.chain = chain
    self.tokens = tokens
    self.shocks = shocks
    self.pools = pools
    self.oracles = oracles
    self.venues = venues
    self.populations = populations
  }
}

extension [WorldSpecification.Part] {
  /// Each part of the whole.
  package var shares: [Double] {
    let whole = reduce(0) { $0 + $1.weight }
    return map { $0.weight / whole }
  }

  /// The most that may be borrowed against a unit of value: Σ share · ltv.
  package func limit(under collateral: [CollateralTerms]) -> Double {
    zip(self, shares).reduce(0) { $0 + $1.1 * collateral[$1.0.place].maximumLTV }
  }
}
