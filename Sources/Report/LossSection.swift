import Experiments

/// How much was lost: every seed's loss for each variant on one axis, with the median and how far it can be
/// trusted.
struct LossSection {
  private struct Row {
    let name: String
    let losses: [Double]
    let sorted: [Double]
    let interval: (low: Double, high: Double)?
    /// From the first variant, seed by seed; nil for the first one itself.
    let differences: [Double]?
    let differenceInterval: (low: Double, high: Double)?
  }

  private let rows: [Row]
  private let names: Double

  init(_ groups: [Results.Group]) {
    names = nameWidth(groups)
    var bySeed: [UInt64: Double] = [:]
    for run in groups.first?.runs ?? [] { bySeed[run.seed] = run.loss }
    rows = groups.enumerated().map { place, group in
      let losses = group.runs.map(\.loss)
      let differences =
        place == 0 ? nil : group.runs.compactMap { run in bySeed[run.seed].map { run.loss - $0 } }
      return Row(
        name: group.name, losses: losses, sorted: losses.sorted(),
        interval: Bootstrap.intervalOfMedian(losses), differences: differences,
        differenceInterval: differences.flatMap(Bootstrap.intervalOfMedian))
    }
  }

  var markup: Markup {
    tag(
      "section", ["id": "losses"],
      [
        lines([
          tag("h2", [:], ["How much was lost"]),
          paragraph(
            "A dot is one seed: what the system lost in it, recognised or still hidden at the end. The "
              + "box holds the middle half of the seeds, the upright line is their median, and the dark "
              + "bar under it the median's 95 % interval (bootstrap: the median of as many seeds drawn "
              + "with replacement, \(Numbers.amount(Double(Bootstrap.resamples))) times). The same seed "
              + "is the same crash and the same people in every variant."),
          picture.markup("Strips: the system's loss in every seed of each variant, with medians"), table,
        ])
      ])
  }

  // MARK: The picture

  private static let height = 40.0
  private static let top = 14.0
  /// More dots than this are a stain.
  private static let mostDots = 400

  private var picture: Picture {
    let bottom = LossSection.top + LossSection.height * Double(rows.count)
    var picture = Picture(width: 1080, height: bottom + 26)
    let most = rows.compactMap(\.sorted.last).max() ?? 0
    let least = rows.compactMap(\.sorted.first).min() ?? 0
    let scale = Scale(over: min(0, least)...max(0, most), from: names, to: 1080 - 190)
    picture.axisBelow(scale, top: LossSection.top, bottom: bottom, Numbers.dollars)
    for (place, row) in rows.enumerated() {
      draw(row, LossSection.top + (Double(place) + 0.5) * LossSection.height, scale, in: &picture)
    }
    return picture
  }

  private func draw(_ row: Row, _ y: Double, _ scale: Scale, in picture: inout Picture) {
    picture.label(names - 10, y + 4, row.name, within: names - 14, style: "name")
    let (first, last) = (
      Statistics.quantile(0.25, of: row.sorted), Statistics.quantile(0.75, of: row.sorted)
    )
    picture.rectangle(scale(first), y - 11, max(1, scale(last) - scale(first)), 22, style: "half")
    // Dots that lie on each other are moved up or down, by a pattern that repeats after eleven.
    let step = max(1, (row.sorted.count + LossSection.mostDots - 1) / LossSection.mostDots)
    for (rank, place) in stride(from: 0, to: row.sorted.count, by: step).enumerated() {
      let loss = row.sorted[place]
      picture.dot(
        scale(loss), y - 8 + Double(rank * 7 % 11) * 1.6, radius: 2.6, style: "seed",
        words: Numbers.dollars(loss))
    }
    let median = Statistics.quantile(0.5, of: row.sorted)
    if let interval = row.interval {
      picture.rectangle(
        scale(interval.low), y + 12, max(2, scale(interval.high) - scale(interval.low)), 4, style: "trust")
    }
    picture.line(scale(median), y - 14, scale(median), y + 16, style: "median")
    let range = row.interval.map { " (\(Numbers.dollars($0.low)) to \(Numbers.dollars($0.high)))" } ?? ""
    picture.text(1080 - 182, y + 4, "\(Numbers.dollars(median))\(range)", style: "total")
  }

  // MARK: The numbers

  private var table: Markup {
    let isCompared = rows.count > 1
    var table = Table(
      caption: "Dollars lost by the whole system, over seeds."
        + (isCompared
          ? " The last two columns compare each variant with “\(rows[0].name)”, seed by seed." : ""),
      head: [
        "variant", "seeds", "least", "lower quartile", "median", "95 % interval", "upper quartile", "most",
      ]
        + (isCompared ? ["median difference", "its 95 % interval"] : []))
    for row in rows {
      let figures: [Table.Cell] = [
        .name(row.name), .count(row.losses.count), .amount(row.sorted[0]),
        .amount(Statistics.quantile(0.25, of: row.sorted)), .amount(Statistics.quantile(0.5, of: row.sorted)),
        .interval(row.interval), .amount(Statistics.quantile(0.75, of: row.sorted)),
        .amount(row.sorted[row.sorted.count - 1]),
      ]
      let difference: Table.Cell =
        row.differences.flatMap { $0.isEmpty ? nil : .amount(Statistics.median($0)) } ?? .text("–")
      table.add(figures + (isCompared ? [difference, .interval(row.differenceInterval)] : []))
    }
    return table.markup
  }
}
