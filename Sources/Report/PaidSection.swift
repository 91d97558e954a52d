import Experiments

/// Who paid: for each variant a bar of means, made of what each bearer took; beside it, where the folder
/// knows, who was really poorer.
struct PaidSection {
  private let results: Results
  private let groups: [Results.Group]
  /// Parts that anybody has a share in, with their places.
  private let shown: [(place: Int, part: Results.Part)]

  init(_ results: Results, groups: [Results.Group]) {
    self.results = results
    self.groups = groups
    shown = results.parts.enumerated().filter { place, part in
      part.column == "unresolved" || groups.contains { $0.runs.contains { $0.parts[place] != 0 } }
    }.map { ($0, $1) }
  }

  var markup: Markup {
    var content: [Markup] = [
      tag("h2", [:], ["Who paid"]),
      paragraph(
        "Each bar is what the whole system lost in a run, in the mean over seeds, and its parts are who "
          + "bore it. Means, because they add up: the parts make up the bar. Losses are heavy-tailed, so "
          + "the table has the medians, too."),
    ]
    let charged = shown.map { (name: $0.part.name, colour: $0.part.colour) }
    guard let incidence = results.incidence else {
      content += [legend(nil, charged), paidPicture, table]
      return tag("section", ["id": "paid"], [lines(content)])
    }
    content += [
      paragraph(
        "The bars on the left say whom the rules charged; those on the right what each class of holders was "
          + "worth less at the end than in the same run with a guarantor from outside, who fills every hole "
          + "at once. To the left of $0 are those who came out richer, and what prices have lost by it, "
          + "which stands on the right with whoever held the token; the number at the end is the sum: the "
          + "hole."
      ),
      legend("Charged:", charged),
      legend("Really borne:", incidence.classes.enumerated().map { ($1, Colours.bearer($1, at: $0)) }),
      paidPicture, table, incidenceTable(incidence),
    ]
    return tag("section", ["id": "paid"], [lines(content)])
  }

  private var paidPicture: Markup {
    picture.markup("Stacked bars: who bore the loss in each variant, means over seeds")
  }

  // MARK: The picture

  private static let row = 30.0
  private static let top = 26.0

  private var picture: Picture {
    let bottom = PaidSection.top + PaidSection.row * Double(groups.count)
    var picture = Picture(width: 1080, height: bottom + 26)
    let names = nameWidth(groups)
    let middle = results.incidence == nil ? 1080.0 : names + (1080 - names) / 2
    var bars = StackedBars(
      title: results.incidence == nil ? "mean over seeds" : "charged by the rules, mean over seeds",
      left: names, right: middle - 66)
    for group in groups {
      bars.rows.append(
        StackedBars.Row(
          parts: shown.map { place, part in
            (part.name, part.colour, Statistics.mean(group.runs.map { $0.parts[place] }))
          }))
    }
    for (place, group) in groups.enumerated() {
      let y = PaidSection.top + (Double(place) + 0.5) * PaidSection.row
      picture.label(names - 10, y + 4, group.name, within: names - 14, style: "name")
    }
    bars.draw(in: &picture, top: PaidSection.top, row: PaidSection.row)
    guard let incidence = results.incidence else { return picture }
    var real = StackedBars(title: "really borne, mean over seeds", left: middle + 10, right: 1080 - 66)
    for group in groups {
      let borne = borne(by: group, incidence)
      real.rows.append(
        StackedBars.Row(
          parts: incidence.classes.enumerated().map { place, name in
            (name, Colours.bearer(name, at: place), Statistics.mean(borne[place]))
          }))
    }
    real.draw(in: &picture, top: PaidSection.top, row: PaidSection.row)
    return picture
  }

  private func borne(by group: Results.Group, _ incidence: Incidence) -> [[Double]] {
    results.groups.firstIndex { $0.point == group.point }.map { incidence.borne[$0] }
      ?? incidence.classes.map { _ in [] }
  }

  // MARK: The numbers

  private var table: Markup {
    var table = Table(
      caption: "Dollars: mean over seeds, and under it the median. The system's loss is what was recognised "
        + "and what was still hidden at the end.",
      head: ["variant", "seeds", "system's loss"] + shown.map(\.part.name))
    for group in groups {
      let columns = [group.runs.map(\.loss)] + shown.map { place, _ in group.runs.map { $0.parts[place] } }
      table.add([.name(group.name), .count(group.runs.count)] + columns.map(Table.Cell.meanAndMedian))
    }
    return table.markup
  }

  private func incidenceTable(_ incidence: Incidence) -> Markup {
    var table = Table(
      caption: "Dollars that each class really bore: mean over seeds, and under it the median.",
      head: ["variant"] + incidence.classes)
    for group in groups {
      let borne = borne(by: group, incidence)
      table.add([.name(group.name)] + borne.map(Table.Cell.meanAndMedian))
    }
    return table.markup
  }
}

/// Bars of parts side by side, one below the other on one axis; what is below nothing goes to the left.
private struct StackedBars {
  struct Row { let parts: [(name: String, colour: String, value: Double)] }

  let title: String
  let left: Double
  let right: Double
  var rows: [Row] = []

  func draw(in picture: inout Picture, top: Double, row height: Double) {
    func sum(_ row: Row, _ isWanted: (Double) -> Bool) -> Double {
      row.parts.reduce(0) { isWanted($1.value) ? $0 + $1.value : $0 }
    }
    let most = rows.map { sum($0) { $0 > 0 } }.max() ?? 0
    let least = rows.map { sum($0) { $0 < 0 } }.min() ?? 0
    let scale = Scale(over: min(0, least)...max(0, most), from: left, to: right)
    let bottom = top + height * Double(rows.count)
    picture.text(left, top - 12, title, style: "head")
    picture.axisBelow(scale, top: top, bottom: bottom, Numbers.dollars)
    for (place, row) in rows.enumerated() {
      let y = top + height * Double(place) + 4
      var (above, below) = (0.0, 0.0)
      for part in row.parts where part.value != 0 {
        let start = part.value > 0 ? above : below
        let end = start + part.value
        if part.value > 0 { above = end } else { below = end }
        draw(part, scale(min(start, end)), scale(max(start, end)), y, height - 8, in: &picture)
      }
      let total = Numbers.dollars(above + below)
      picture.text(scale(above) + 7, y + height / 2, total, style: "total")
    }
  }

  private func draw(
    _ part: (name: String, colour: String, value: Double), _ start: Double, _ end: Double, _ y: Double,
    _ height: Double, in picture: inout Picture
  ) {
    let label = Numbers.dollars(part.value)
    picture.rectangle(
      start, y, end - start, height, fill: part.colour, style: "part", words: "\(part.name): \(label)")
    guard end - start > Double(label.count) * Picture.letter + 10 else { return }
    picture.text(
      (start + end) / 2, y + height / 2 + 4, label, .middle, style: "inside",
      fill: Colours.isDark(part.colour) ? "#ffffff" : "#16202c")
  }
}

/// How much room the names of some groups want on the left.
func nameWidth(_ groups: [Results.Group]) -> Double {
  min(230, max(70, Double(groups.map(\.name.count).max() ?? 0) * 7 + 16))
}

/// Which colour is whom.
func legend(_ heading: String?, _ entries: [(name: String, colour: String)]) -> Markup {
  tag(
    "ul", ["class": "legend"],
    (heading.map { [tag("li", ["class": "heading"], [Markup($0)])] } ?? [])
      + entries.map { name, colour in
        tag("li", [:], [tag("span", ["class": "key", "style": "background:\(colour)"]), Markup(name)])
      })
}
