/// The numbers under a picture.
struct Table {
  enum Cell {
    case name(String)
    case count(Int)
    case text(String)
    case amount(Double)
    case interval((low: Double, high: Double)?)
    /// Of several seeds; the median stands under the mean.
    case meanAndMedian([Double])
  }

  private let caption: String
  private let head: [String]
  private var rows: [[Cell]] = []

  init(caption: String, head: [String]) {
    self.caption = caption
    self.head = head
  }

  mutating func add(_ row: [Cell]) {
    precondition(row.count == head.count, "a cell for each column")
    rows.append(row)
  }

  var markup: Markup {
    let headings = head.enumerated().map { place, name in
      tag("th", ["class": place == 0 ? "" : "number", "scope": "col"], [Markup(name)])
    }
    return tag(
      "div", ["class": "table"],
      [
        tag(
          "table", [:],
          [
            tag("caption", [:], [Markup(caption)]), tag("thead", [:], [tag("tr", [:], headings)]),
            tag("tbody", [:], [lines([""] + rows.map { tag("tr", [:], $0.map(Table.markup)) } + [""])]),
          ])
      ])
  }

  private static func markup(_ cell: Cell) -> Markup {
    switch cell {
    case .name(let name):
      // A name of swept values may be long, and breaks between its words.
      return tag("th", ["class": name.count > 30 ? "" : "short", "scope": "row"], [Markup(name)])
    case .count(let count): return number(Numbers.amount(Double(count)))
    case .text(let text): return number(text)
    case .amount(let value): return number(Numbers.amount(value))
    case .interval(let interval):
      return number(interval.map { "\(Numbers.amount($0.low)) to \(Numbers.amount($0.high))" } ?? "–")
    case .meanAndMedian(let values):
      guard !values.isEmpty else { return number("–") }
      guard values.contains(where: { $0 != 0 }) else {
        return tag("td", ["class": "number none"], ["0"])
      }
      let median = Numbers.amount(Statistics.median(values))
      return tag(
        "td", ["class": "number"],
        [
          tag("b", [:], [Markup(Numbers.amount(Statistics.mean(values)))]),
          tag("small", [:], [Markup(median)]),
        ])
    }
  }

  private static func number(_ text: String) -> Markup { tag("td", ["class": "number"], [Markup(text)]) }
}
