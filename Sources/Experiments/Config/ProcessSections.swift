import Economy
import Kernel
import Ledger

extension ValueKind where Value == PriceProcess {
  /// How a reference price moves by itself.
  static func process(until horizon: SimTime) -> ValueKind<PriceProcess> {
    .variant(
      "a process",
      [
        .with(
          "gbm",
          .object("a geometric Brownian motion") { reader in
            PriceProcess.diffusion(volatility: readVolatility(reader), drift: readDrift(reader))
          }, "geometric Brownian motion"
        ) { $0 },
        .with(
          "jumpDiffusion",
          .object("a jump-diffusion") { reader in
            PriceProcess.jumps(
              volatility: readVolatility(reader), drift: readDrift(reader),
              PriceProcess.Jumps(
                perYear: reader.read(
                  "jumpsPerYear", .number(in: .between(0, 1e6)), "how many jumps a year, at random times"),
                mean: reader.read(
                  "jumpMean", .number(in: .between(-20, 20)), "the mean of a jump of the log price"),
                volatility: reader.read(
                  "jumpVolatility", .number(in: .between(0, 20)), "the standard deviation of such a jump")))
          }, "geometric Brownian motion with normal jumps of the log price (Merton)"
        ) { $0 },
        .with(
          "peg",
          .object("a peg") { reader in
            PriceProcess.peg(
              volatility: readVolatility(reader),
              halfLife: reader.read(
                "halfLife", .span(in: .above(0)), "how long until half of what the price is off is gone"))
          }, "reverts to the price at the start (Ornstein-Uhlenbeck in the log price)"
        ) { $0 },
        .with("regimes", .regimes, "a volatility that switches between several") { $0 },
        .with("replay", .replay(until: horizon), "prices as they were recorded") { .replay($0) },
      ])
  }

  private static var regimes: ValueKind<PriceProcess> {
    .object("regimes") { reader in
      let drift = readDrift(reader)
      let states = reader.read(
        "states",
        .array(
          of: .object("a regime") { state in
            PriceProcess.Regime(
              volatility: readVolatility(state),
              meanDuration: state.read(
                "meanDuration", .span(in: .above(0)), "how long it lasts on average; then any other, alike"))
          }, count: .from(2)), "the regimes; the run begins in the first")
      return .regimes(states, drift: drift)
    }
  }
}

private func readVolatility(_ reader: ObjectReader) -> Double {
  reader.read("volatility", .ratio(in: .between(0, 100)), "standard deviation of log returns a year")
}

private func readDrift(_ reader: ObjectReader) -> Double {
  reader.read(
    "drift", .ratio(in: .between(-100, 100)), default: 0,
    "growth of the mean price a year: after time t it is the first one times e^(drift t)")
}

// MARK: Replays

extension ValueKind where Value == PriceHistory {
  /// `history` is what `file` says, put in when the config's file is read (see `ReplayFiles`): a resolved
  /// config needs no other file.
  static func replay(until horizon: SimTime) -> ValueKind<PriceHistory> {
    .object("a replay") { reader in
      let file = reader.readIfGiven("file", .text(), "a CSV file with a header, by its path from the config")
      let column = reader.read("column", .text(), default: "price", "the file's column of prices")
      let time = reader.read("time", .text(), default: "time", "the file's column of times, in seconds")
      let wanted = file.map { ReplayFiles.Source(file: $0, column: column, time: time) }
      let mistakes = reader.diagnostics.count
      let history = reader.readIfGiven("history", .history, "what the file says, put in when it is read")
      guard reader.diagnostics.count == mistakes else { return .placeholder }
      guard let history else {
        if file == nil {
          reader.report("a replay needs prices", at: "history", allowed: "`file`, or `history`")
        } else {
          reader.report("the file of prices has not been read", at: "file")
        }
        return .placeholder
      }
      if let wanted, let source = history.source, source != wanted {
        reader.report(
          "`history` is what another file or column says", at: "file",
          allowed: "the whole replay changed at once",
          notes: ["a variant or a sweep sets `process`, not what is inside it"])
      }
      if history.prices.isOver(by: horizon) {
        let end = history.prices.times[history.prices.times.count - 1]
        reader.report(
          "the recorded prices end at \(durationText(end.microseconds)) and `horizon` is "
            + durationText(horizon.microseconds), at: reader.has("file") ? "file" : "history",
          allowed: "prices up to `horizon`",
          notes: ["a recording may end before it by the longest time between two of its prices"])
      }
      return history.prices
    }
  }
}

extension PriceHistory {
  /// Where the config was mistaken.
  fileprivate static let placeholder = PriceHistory(times: [.start], prices: [1])

  /// Whether the run goes on when the recording has ended, by more than the longest time between two prices:
  /// then the price would stand still and nobody would know.
  fileprivate func isOver(by horizon: SimTime) -> Bool {
    let gaps = zip(times, times.dropFirst()).map { $1.microseconds - $0.microseconds }
    return horizon.microseconds - times[times.count - 1].microseconds > gaps.max() ?? 0
  }
}

/// Recorded prices, and where they come from.
struct HistorySection {
  let prices: PriceHistory
  let source: ReplayFiles.Source?
}

extension ValueKind where Value == HistorySection {
  static var history: ValueKind<HistorySection> {
    .object("a history") { reader in
      let file = reader.readIfGiven("file", .text(), "the file that it was read from")
      let column = reader.readIfGiven("column", .text(), "its column of prices")
      let time = reader.readIfGiven("time", .text(), "its column of times")
      let mistakes = reader.diagnostics.count
      let seconds = reader.read(
        "times", .array(of: .number(in: .between(0, 1e9), unit: "seconds"), count: .from(1)),
        "when each price was first seen; the first is the run's start, 0")
      let prices = reader.read(
        "prices", .array(of: .number(in: .above(0).upTo(1e12)), count: .from(1)),
        "the prices; the asset's path is scaled to begin at its `price`")
      let times = seconds.map { SimTime(microseconds: Int64(($0 * 1e6).rounded())) }
      guard reader.diagnostics.count == mistakes, !times.isEmpty, !prices.isEmpty else {
        return HistorySection(prices: .placeholder, source: nil)
      }
      guard times.count == prices.count else {
        reader.report(
          "there are not as many prices as times", at: "prices", allowed: "a price for each of `times`")
        return HistorySection(prices: .placeholder, source: nil)
      }
      if times[0] != .start || !zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) {
        reader.report("the times do not rise from 0", at: "times", allowed: "0, then later and later")
      }
      let source = file.map {
        ReplayFiles.Source(file: $0, column: column ?? "price", time: time ?? "time")
      }
      return HistorySection(prices: PriceHistory(times: times, prices: prices), source: source)
    }
  }
}

// MARK: Ticks and correlations

/// What processes have in common.
struct ProcessSettings {
  let tick: SimDuration
  let correlations: [Correlation]

  /// More ticks than anybody waits for.
  private static let mostTicks: Int64 = 1_000_000_000

  init(_ reader: ObjectReader, _ names: ConfigNames, horizon: Int64) {
    let usual = WorldSpecification.usualTick
    tick =
      reader.readIfGiven(
        "tick", .span(in: .from(1)), "time between the steps of processes; 12s unless said") ?? usual
    if tick.microseconds > horizon, horizon > 0, reader.has("tick") {
      reader.report(
        "the first tick comes after the horizon", at: "tick", allowed: "at most `horizon`")
    }
    if horizon / max(1, tick.microseconds) > ProcessSettings.mostTicks {
      reader.report(
        "a run has \(horizon / max(1, tick.microseconds)) ticks", at: "tick",
        allowed: "at most \(ProcessSettings.mostTicks) of them in `horizon`")
    }
    let sections =
      reader.readIfGiven(
        "correlations", .array(of: .correlation(names)),
        "between the moves of processes; pairs that are not named are not correlated") ?? []
    var pairs: [Correlation] = []
    for section in sections {
      let pair = section.correlation
      guard section.isSound else { continue }
      let isKnown = pairs.contains {
        ($0.first, $0.second) == (pair.first, pair.second)
          || ($0.first, $0.second) == (pair.second, pair.first)
      }
      if isKnown {
        names.diagnostics.reportRule("this pair's correlation is given twice", at: section.place)
      } else {
        pairs.append(pair)
      }
    }
    if CorrelatedDraws(assetCount: names.tokens.count, pairs) == nil {
      reader.report(
        "these correlations cannot all hold at once", at: "correlations",
        allowed: "a positive definite matrix",
        notes: ["of three assets, two that each move with the third also move with each other"])
      pairs = []
    }
    correlations = pairs
  }
}

struct CorrelationSection {
  let correlation: Correlation
  let place: Place
  let isSound: Bool
}

extension ValueKind where Value == CorrelationSection {
  static func correlation(_ names: ConfigNames) -> ValueKind<CorrelationSection> {
    .object("a correlation") { reader in
      let before = reader.diagnostics.count
      let pair = reader.read(
        "between", .array(of: .placed(.asset(names)), count: .between(2, 2)), "two assets that have a process"
      )
      let value = reader.read("is", .ratio(in: .above(-1).below(1)), "how closely their steps go together")
      var isSound = reader.diagnostics.count == before && pair.count == 2
      if isSound {
        for asset in pair where names.tokens[asset.value.position].process?.isGaussian != true {
          let name = names.unit(of: asset.value).symbol
          names.diagnostics.reportRule(
            "\(name) has no process with a random step", at: asset.place,
            allowed: "an asset whose `process` is gbm, jumpDiffusion, peg or regimes")
          isSound = false
        }
        if pair[0].value == pair[1].value {
          names.diagnostics.reportRule("an asset is correlated with itself", at: pair[1].place)
          isSound = false
        }
      }
      return CorrelationSection(
        correlation: Correlation(
          pair.first?.value ?? AssetID(0), pair.dropFirst().first?.value ?? AssetID(0), value),
        place: reader.place, isSound: isSound)
    }
  }
}

// MARK: Impact

extension ValueKind where Value == Impact {
  /// - Parameter unit: the asset's own, in which volumes are given.
  static func impact(on unit: AmountUnit) -> ValueKind<Impact> {
    func rest(_ reader: ObjectReader, _ shape: Impact.Shape) -> Impact {
      Impact(
        shape,
        permanentShare: reader.read(
          "permanentShare", .ratio(in: .between(0, 1)), default: "0%",
          "the share of a trade's impact that stays"),
        halfLife: reader.read(
          "decay", .span(in: .above(0)), default: "30m", "how long until half of the rest is gone"))
    }
    return .variant(
      "an impact",
      [
        .with(
          "squareRoot",
          .object("a square-root impact") { reader in
            let volume = reader.read(
              "dailyVolume", .money(of: unit, in: .above(0)), "what is traded outside in a day")
            let coefficient = reader.read(
              "coefficient", .number(in: .above(0).upTo(10)),
              "how far a day's volume, bought or sold at once, moves the log price")
            return rest(reader, .squareRoot(dailyVolume: volume, coefficient: coefficient))
          }, "the log price moves by coefficient * sqrt(volume / dailyVolume)"
        ) { $0 },
        .with(
          "linear",
          .object("a linear impact") { reader in
            rest(
              reader,
              .linear(
                depth: reader.read(
                  "depth", .money(of: unit, in: .above(0)), "what, bought or sold, moves the log price by one"
                )))
          }, "the log price moves by volume / depth"
        ) { $0 },
      ])
  }
}
