/// A piece of a page that is well-formed both as HTML and as XML: whatever a name holds, it stays text.
///
///     tag("p", ["class": "note"], ["2 < 3"]).rendered   // <p class="note">2 &lt; 3</p>
///
/// Invariants: every element is closed; an attribute's value never ends before its quote.
struct Markup: ExpressibleByStringInterpolation {
  /// Escaped already.
  let rendered: String

  fileprivate init(rendered: String) { self.rendered = rendered }

  init(_ text: String) { rendered = Markup.escaped(text) }

  init(stringLiteral text: String) { self.init(text) }

  /// Characters that XML does not have (1.0, section 2.2) become the sign for what cannot be shown.
  static func escaped(_ text: String) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
      case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
      case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
      case "\t", "\n": escaped.append(scalar)
      case "\0"..<" ", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": escaped.append("\u{FFFD}")
      default: escaped.append(scalar)
      }
    }
    return String(escaped)
  }
}

/// Elements that have nothing inside; any other empty one is closed by its name, as HTML wants it.
private let void = ["meta", "rect", "line", "path", "circle"]

/// An element. Attributes stand in the order in which they are given.
func tag(
  _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ content: [Markup] = []
) -> Markup {
  var text = "<" + name
  for (key, value) in attributes { text += " \(key)=\"\(Markup.escaped(value))\"" }
  guard !void.contains(name) else { return Markup(rendered: text + "/>") }
  text += ">"
  for piece in content { text += piece.rendered }
  return Markup(rendered: text + "</\(name)>")
}

/// One after the other, a line each.
func lines(_ pieces: [Markup]) -> Markup {
  Markup(rendered: pieces.map(\.rendered).joined(separator: "\n"))
}

func paragraph(_ words: String) -> Markup { tag("p", [:], [Markup(words)]) }

/// A style sheet. HTML reads it as it stands, XML as text, so it may hold nothing that has to be escaped.
func styleSheet(_ text: String) -> Markup {
  precondition(Markup.escaped(text) == text, "the style sheet has a sign of markup")
  return Markup(rendered: "<style>\n\(text)</style>")
}
