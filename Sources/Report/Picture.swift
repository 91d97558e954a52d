/// Shapes in a frame of so many units; one unit is a pixel where the page is wide enough.
struct Picture {
  let width: Double
  let height: Double
  private var shapes: [Markup] = []

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  enum Anchor: String { case start, middle, end }

  private func place(_ value: Double) -> String { Numbers.coordinate(value) }

  /// What is told of a shape where one points at it.
  private func told(_ words: String?) -> [Markup] { words.map { [tag("title", [:], [Markup($0)])] } ?? [] }

  /// - Parameter words: shown where one points at it.
  mutating func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, fill: String? = nil, style: String = "box",
    words: String? = nil
  ) {
    let shape = tag(
      "rect",
      [
        "class": style, "x": place(x), "y": place(y), "width": place(width), "height": place(height),
        "style": fill.map { "fill:\($0)" } ?? "",
      ])
    shapes.append(words == nil ? shape : tag("g", [:], told(words) + [shape]))
  }

  mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String, stroke: String? = nil
  ) {
    shapes.append(
      tag(
        "line",
        [
          "class": style, "x1": place(x1), "y1": place(y1), "x2": place(x2), "y2": place(y2),
          "style": stroke.map { "stroke:\($0)" } ?? "",
        ]))
  }

  mutating func dot(_ x: Double, _ y: Double, radius: Double, style: String, words: String) {
    let dot = tag("circle", ["class": style, "cx": place(x), "cy": place(y), "r": place(radius)])
    shapes.append(tag("g", [:], told(words) + [dot]))
  }

  mutating func text(
    _ x: Double, _ y: Double, _ words: String, _ anchor: Anchor = .start, style: String = "",
    fill: String? = nil
  ) {
    shapes.append(
      tag(
        "text",
        [
          "class": style, "x": place(x), "y": place(y), "text-anchor": anchor.rawValue,
          "style": fill.map { "fill:\($0)" } ?? "",
        ], [Markup(words)]))
  }

  /// A label that has to fit: what is cut off is told where one points at it.
  mutating func label(_ x: Double, _ y: Double, _ words: String, within width: Double, style: String = "") {
    let room = max(3, Int(width / Picture.letter))
    guard words.count > room else { return text(x, y, words, .end, style: style) }
    let cut = Markup(words.prefix(room - 1) + "…")
    shapes.append(
      tag(
        "text", ["class": style, "x": place(x), "y": place(y), "text-anchor": "end"],
        told(words) + [cut]))
  }

  /// What a letter takes, about; nothing here knows the reader's typeface.
  static let letter = 6.6

  /// A line that keeps its value until the next point.
  mutating func steps(_ points: [(x: Double, y: Double)], stroke: String, style: String = "curve") {
    guard let first = points.first else { return }
    var (x, y) = (place(first.x), place(first.y))
    var path = "M\(x) \(y)"
    for point in points.dropFirst() {
      let (nextX, nextY) = (place(point.x), place(point.y))
      if nextX != x { path += "H\(nextX)" }
      if nextY != y { path += "V\(nextY)" }
      (x, y) = (nextX, nextY)
    }
    shapes.append(tag("path", ["class": style, "d": path, "style": "stroke:\(stroke)"]))
  }

  /// Lines across, and what they stand for, below.
  mutating func axisBelow(_ scale: Scale, top: Double, bottom: Double, _ words: (Double) -> String) {
    for tick in scale.ticks {
      line(scale(tick), top, scale(tick), bottom, style: tick == 0 ? "zero" : "grid")
      text(scale(tick), bottom + 16, words(tick), .middle, style: "tick")
    }
  }

  /// Lines from left to right, and what they stand for, on the left.
  mutating func axisLeft(_ scale: Scale, left: Double, right: Double, _ words: (Double) -> String) {
    for tick in scale.ticks {
      line(left, scale(tick), right, scale(tick), style: tick == 0 ? "zero" : "grid")
      text(left - 8, scale(tick) + 4, words(tick), .end, style: "tick")
    }
  }

  /// - Parameter words: what the picture shows, for those who do not see it.
  func markup(_ words: String) -> Markup {
    tag(
      "div", ["class": "picture"],
      [
        tag(
          "svg",
          [
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": "0 0 \(place(width)) \(place(height))", "role": "img", "aria-label": words,
          ], [lines([""] + shapes + [""])])
      ])
  }
}
