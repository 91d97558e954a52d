import Experiments

/// What happened when, in one seed: prices and bad debt in one variant, withdrawals in each.
struct TimeSection {
  private let timelines: [Timeline]
  private let lead: Timeline
  /// The lead's, that move enough to be seen.
  private let prices: [Timeline.Price]
  private let note: String
  /// From the first change of anything to the last, with a little before and after.
  private let time: Scale
  private let unit: (name: String, seconds: Double)

  private static let left = 84.0
  private static let right = 1080 - 170.0
  /// Of one panel.
  private static let height = 200.0
  private static let mostAssets = 6
  /// Prices that move by less than this are left out: a tenth of a percent.
  private static let leastSwing = 0.001
  /// Prices at the end that differ by less than about this are one: two percent.
  private static let leastDifference = 0.02
  private static let mostDependent = 2

  /// - Parameters:
  ///   - timelines: the same seed in several variants.
  ///   - lead: the one of them whose prices and bad debt are shown.
  init(_ timelines: [Timeline], lead: Int, note: String) {
    self.timelines = timelines
    self.lead = timelines[lead]
    self.note = note
    prices = TimeSection.shown(self.lead.prices)
    let horizon = self.lead.horizon
    let lines = prices.flatMap { [$0.reference] + $0.published } + [self.lead.hidden, self.lead.recognised]
    let changes = (lines + timelines.map(\.withdrawn)).flatMap(TimeSection.changes)
    let (from, to) = (changes.min() ?? 0, changes.max() ?? horizon)
    let margin = max(60, (to - from) / 20)
    let shown = max(0, from - margin)...min(horizon, to + margin)
    let width = shown.upperBound - shown.lowerBound
    unit = width > 4 * 86_400 ? ("days", 86_400) : width > 5400 ? ("hours", 3600) : ("minutes", 60)
    time = Scale(
      over: (shown.lowerBound / unit.seconds)...(shown.upperBound / unit.seconds), from: TimeSection.left,
      to: TimeSection.right, steps: 10, isExact: true)
  }

  private static func changes(of line: [Timeline.Point]) -> [Double] {
    zip(line, line.dropFirst()).compactMap { $0.value == $1.value ? nil : $1.seconds }
  }

  var markup: Markup {
    var content: [Markup] = [
      tag("h2", [:], ["What happened when"]),
      paragraph(
        "One seed of many: \(String(lead.seed)), the one whose loss is the median of "
          + "“\(lead.variant)”. The run takes \(Numbers.amount(lead.horizon / unit.seconds)) "
          + "\(unit.name); shown is when anything changed. \(note)"),
    ]
    if prices.isEmpty {
      content.append(paragraph("No price moved by a tenth of a percent."))
    } else {
      content += [
        tag("h3", [:], ["Prices"]),
        paragraph(
          "As a share of the price at the start, in “\(lead.variant)”. Full lines are the market's, "
            + "broken ones what oracles told the venues."), picture(prices).markup("Lines: prices over time"),
        table(prices),
      ]
    }
    for asset in dependentAssets {
      content += [
        tag("h3", [:], ["\(asset) in each variant"]),
        paragraph("What it was worth, as a share of its price at the start, under each rule or setting."),
        picture(of: asset).markup("Lines: the price of \(asset) in each variant"),
      ]
    }
    content.append(tag("h3", [:], ["Bad debt"]))
    if lead.hidden.count == 1, lead.recognised.count == 1 {
      content.append(paragraph("No debt was ever larger than its collateral."))
    } else {
      content += [
        paragraph(
          "In “\(lead.variant)”: what is owed beyond what the collateral is worth, and what venues "
            + "have admitted so far."),
        badDebt.markup("Lines: hidden and recognised bad debt over time"),
      ]
    }
    content.append(tag("h3", [:], ["Withdrawals"]))
    if timelines.allSatisfy({ $0.withdrawals == 0 }) {
      content.append(paragraph("No lender took anything out, in any variant."))
    } else {
      content += [
        paragraph("What lenders have got out so far, in each variant: the same crash and the same people."),
        withdrawals.markup("Lines: withdrawals over time in each variant"),
      ]
    }
    content.append(withdrawalTable)
    return tag("section", ["id": "time"], [lines(content)])
  }

  // MARK: Lines

  private struct Line {
    let name: String
    let colour: String
    let points: [Timeline.Point]
    var style = "curve"
  }

  /// A panel of lines, each with its name at its right end.
  private func panel(
    _ lines: [Line], over values: ClosedRange<Double>, _ words: @escaping (Double) -> String
  ) -> Picture {
    let bottom = TimeSection.height
    var picture = Picture(width: 1080, height: bottom + 40)
    let scale = Scale(over: values, from: bottom, to: 10, steps: 5)
    picture.axisLeft(scale, left: TimeSection.left, right: TimeSection.right, words)
    for tick in time.ticks {
      picture.line(time(tick), bottom, time(tick), bottom + 5, style: "zero")
      picture.text(time(tick), bottom + 18, Numbers.coordinate(tick), .middle, style: "tick")
    }
    picture.text(TimeSection.right, bottom + 34, unit.name, .end, style: "tick")
    for line in lines { picture.steps(placed(line.points, scale), stroke: line.colour, style: line.style) }
    let named = lines.filter { !$0.name.isEmpty && !$0.points.isEmpty }
    let ends = named.map { scale($0.points[$0.points.count - 1].value) }
    for (line, place) in zip(named, spread(ends, gap: 14, within: 10...(bottom + 4))) {
      picture.line(
        TimeSection.right + 5, place, TimeSection.right + 15, place, style: "curve", stroke: line.colour)
      let room = Int((1080 - TimeSection.right - 20) / Picture.letter)
      let name = line.name.count > room ? line.name.prefix(room - 1) + "…" : line.name
      picture.text(TimeSection.right + 20, place + 4, name, style: "total")
    }
    return picture
  }

  /// Points as places. Of several on one upright line of the picture only the first, the lowest, the highest
  /// and the last are kept, which leaves what one sees as it is; of those before the picture the last.
  private func placed(_ points: [Timeline.Point], _ scale: Scale) -> [(x: Double, y: Double)] {
    var all: [(x: Double, y: Double)] = []
    var bundle: [(x: Double, y: Double)] = []
    func kept() -> [(x: Double, y: Double)] {
      guard bundle.count > 4 else { return bundle }
      let rows = bundle.map(\.y)
      let highest = rows.indices.min { rows[$0] < rows[$1] } ?? 0
      let lowest = rows.indices.max { rows[$0] < rows[$1] } ?? 0
      return Set([0, highest, lowest, bundle.count - 1]).sorted().map { bundle[$0] }
    }
    for point in points {
      let place = (x: max(TimeSection.left, time(point.seconds / unit.seconds)), y: scale(point.value))
      guard place.x <= TimeSection.right else { break }
      if place.x == TimeSection.left { bundle = [] }
      if let last = bundle.last, last.x.rounded() != place.x.rounded() {
        all += kept()
        bundle = []
      }
      bundle.append(place)
    }
    all += kept()
    if let last = all.last { all.append((TimeSection.right, last.y)) }
    return all
  }

  /// Places for labels: as near as may be to where they belong, and none over another.
  private func spread(_ wanted: [Double], gap: Double, within range: ClosedRange<Double>) -> [Double] {
    let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
    var places = wanted
    var least = range.lowerBound
    for index in order {
      places[index] = max(wanted[index], least)
      least = places[index] + gap
    }
    var most = range.upperBound
    for index in order.reversed() {
      places[index] = min(places[index], most)
      most = places[index] - gap
    }
    return places
  }

  // MARK: Prices

  /// In the order of the config, those that move most.
  private static func shown(_ prices: [Timeline.Price]) -> [Timeline.Price] {
    let moving = prices.filter { $0.swing >= leastSwing }
    guard moving.count > mostAssets else { return moving }
    let least = moving.map(\.swing).sorted(by: >)[mostAssets - 1]
    return Array(moving.filter { $0.swing >= least }.prefix(mostAssets))
  }

  private func picture(_ prices: [Timeline.Price]) -> Picture {
    var lines: [Line] = []
    for (place, price) in prices.enumerated() {
      let colour = Colours.lines[place]
      let start = price.shown.first?.value ?? 1
      func shares(_ points: [Timeline.Point]) -> [Timeline.Point] {
        points.map { ($0.seconds, 100 * $0.value / start) }
      }
      let isPriced = price.reference.count > 1
      lines += price.published.enumerated().map { number, points in
        Line(
          name: isPriced || number > 0 ? "" : price.asset, colour: colour, points: shares(points),
          style: "curve broken")
      }
      if isPriced { lines.append(Line(name: price.asset, colour: colour, points: shares(price.reference))) }
    }
    let values = lines.flatMap { $0.points.map(\.value) }
    return panel(lines, over: (values.min() ?? 0)...(values.max() ?? 100)) { "\(Numbers.coordinate($0)) %" }
  }

  /// The assets whose price at the end differs between variants, those first that have most prices.
  private var dependentAssets: [String] {
    let prices = lead.prices.map { own in
      Set(
        timelines.compactMap { timeline -> Int? in
          guard let shown = timeline.shown(of: own.asset), let start = shown.first?.value,
            let end = shown.last?.value, start > 0
          else { return nil }
          return Int((end / start / TimeSection.leastDifference).rounded())
        })
    }
    let dependent = prices.indices.filter { prices[$0].count > 1 }
    let order = dependent.sorted { (prices[$1].count, $0) < (prices[$0].count, $1) }
    return order.prefix(TimeSection.mostDependent).map { lead.prices[$0].asset }
  }

  /// One line for each variant that has the asset.
  private func picture(of asset: String) -> Picture {
    let lines = timelines.enumerated().compactMap { place, timeline -> Line? in
      guard let shown = timeline.shown(of: asset), let start = shown.first?.value, start > 0 else {
        return nil
      }
      return Line(
        name: timeline.variant, colour: Colours.lines[place % Colours.lines.count],
        points: shown.map { ($0.seconds, 100 * $0.value / start) })
    }
    let values = lines.flatMap { $0.points.map(\.value) }
    return panel(lines, over: (values.min() ?? 0)...(values.max() ?? 100)) { "\(Numbers.coordinate($0)) %" }
  }

  private func table(_ prices: [Timeline.Price]) -> Markup {
    var table = Table(
      caption: "Dollars a token: the market's price, or where there is none the first oracle's.",
      head: ["asset", "at the start", "lowest", "highest", "at the end"])
    for price in prices {
      let values = price.shown.map(\.value)
      table.add([
        .name(price.asset), .amount(values[0]), .amount(values.min() ?? 0), .amount(values.max() ?? 0),
        .amount(values[values.count - 1]),
      ])
    }
    return table.markup
  }

  // MARK: Bad debt and withdrawals

  private var badDebt: Picture {
    let lines = [
      Line(name: "hidden", colour: Colours.lines[0], points: lead.hidden),
      Line(name: "recognised so far", colour: Colours.lines[1], points: lead.recognised),
    ]
    let most = lines.flatMap { $0.points.map(\.value) }.max() ?? 0
    return panel(lines, over: 0...most, Numbers.dollars)
  }

  private var withdrawals: Picture {
    let lines = timelines.enumerated().map { place, timeline in
      Line(
        name: timeline.variant, colour: Colours.lines[place % Colours.lines.count],
        points: timeline.withdrawn)
    }
    let most = lines.flatMap { $0.points.map(\.value) }.max() ?? 0
    return panel(lines, over: 0...most, Numbers.dollars)
  }

  private var withdrawalTable: Markup {
    var table = Table(
      caption: "Seed \(lead.seed). Dollars; a visit that did not get all is one of a lender who asked for "
        + "more than it was paid.",
      head: [
        "variant", "recognised", "hidden at the end", "withdrawn", "withdrawals", "first at (hours)",
        "last at (hours)", "visits that did not get all",
      ])
    for timeline in timelines {
      let times = timeline.withdrawn.dropFirst().map { $0.seconds / 3600 }
      table.add([
        .name(timeline.variant), .amount(timeline.recognised[timeline.recognised.count - 1].value),
        .amount(timeline.hidden[timeline.hidden.count - 1].value),
        .amount(timeline.withdrawn[timeline.withdrawn.count - 1].value), .count(timeline.withdrawals),
        times.first.map(Table.Cell.amount) ?? .text("–"), times.last.map(Table.Cell.amount) ?? .text("–"),
        .count(timeline.turnedAway),
      ])
    }
    return table.markup
  }
}
