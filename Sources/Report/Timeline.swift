import Economy
import Experiments
import Kernel
import Ledger

/// One run as lines over time: prices, bad debt, who got out when.
///
/// Withdrawals and losses are valued as in `summary.csv`: in dollars at the asset's price of the start.
struct Timeline {
  typealias Point = (seconds: Double, value: Double)

  struct Price {
    let asset: String
    /// The market's; empty for a share of a venue, which only oracles price.
    var reference: [Point] = []
    /// What venues were told, by oracle.
    var published: [[Point]] = []

    /// What the asset was worth, where nobody but an oracle says so as that one says.
    var shown: [Point] { reference.count > 1 || published.isEmpty ? reference : published[0] }

    /// The largest distance from the start, over the start.
    var swing: Double {
      guard let start = shown.first?.value, start > 0 else { return 0 }
      return ([reference] + published).joined().map { ($0.value / start - 1).magnitude }.max() ?? 0
    }
  }

  let variant: String
  let seed: UInt64
  let horizon: Double
  private(set) var prices: [Price]
  private(set) var hidden: [Point] = [(0, 0)]
  private(set) var recognised: [Point] = [(0, 0)]
  /// What lenders have got out so far.
  private(set) var withdrawn: [Point] = [(0, 0)]
  private(set) var withdrawals = 0
  /// Visits that ended with less than was asked for.
  private(set) var turnedAway = 0

  init(_ run: RunResult, name: String, tokens: [WorldSpecification.Token]) {
    variant = name
    seed = run.label.seed
    horizon = Timeline.seconds(run.horizon)
    let names = run.names
    prices = tokens.map { token in
      Price(asset: token.name, reference: token.share == nil ? [(0, token.price)] : [])
    }
    var oracleLines = names.oracles.map { _ in [Point]() }
    var hiddenAt = [Int64](repeating: 0, count: names.venues.count)
    func dollars(_ amount: Amount, of asset: AssetID) -> Double {
      let tokenPrice = asset.position < tokens.count ? tokens[asset.position].price : 1
      return Double(amount.units) / Double(Asset.powersOfTen[names.assets[asset].decimals]) * tokenPrice
    }
    for record in run.facts {
      let time = Timeline.seconds(record.header.time)
      switch record.fact {
      case .priceStepped(let asset, let price):
        if asset.position < prices.count { prices[asset.position].reference.append((time, price)) }
      case .pricePublished(let oracle, let price):
        oracleLines[oracle.position].append((time, price))
      case .badDebtOccurred(let venue, let microdollars):
        hiddenAt[venue.position] = microdollars
        let total = Double(hiddenAt.reduce(0, +)) / 1e6
        if hidden[hidden.count - 1].seconds == time, hidden.count > 1 { hidden.removeLast() }
        hidden.append((time, total))
      case .recognised(_, .position(let position), let reserve, let amount):
        let lost = dollars(amount, of: names.lent(to: position, reserve))
        recognised.append((time, recognised[recognised.count - 1].value + lost))
      case .withdrew(let holder, let venue, let reserve, _, let wanted, let paid, _):
        guard !names.vaultAccounts.contains(holder) else { continue }
        if paid < wanted { turnedAway += 1 }
        guard !paid.isZero else { continue }
        withdrawals += 1
        let got = dollars(paid, of: names.lent(by: venue, reserve))
        withdrawn.append((time, withdrawn[withdrawn.count - 1].value + got))
      default: continue
      }
    }
    for (place, line) in oracleLines.enumerated() where !line.isEmpty {
      let asset = names.oracles[place].asset.position
      if asset < prices.count { prices[asset].published.append(line) }
    }
  }

  /// What an asset was worth, by name: variants may have others, or in another order.
  func shown(of asset: String) -> [Point]? { prices.first { $0.asset == asset }?.shown }

  private static func seconds(_ time: SimTime) -> Double { Double(time.microseconds) / 1e6 }
}
