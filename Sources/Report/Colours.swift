/// Which colour stands for what: the same in every report, on light and on dark ground.
enum Colours {
  /// By layer; those who pay the same way have the same hue.
  private static let ofLayer: [(name: String, colour: String)] = [
    ("insuranceFund", "#3b6fd4"), ("reserve", "#7fb2f0"), ("accruedInterest", "#f2c14e"),
    ("proRata", "#e07b39"), ("stakedBackstop", "#7d4fb8"), ("tokenDilution", "#d264a6"),
    ("revenueCapture", "#4aa564"), ("tranches", "#a8613b"), ("debtAuction", "#2fa8a8"),
    ("mutualPool", "#1f7a5c"), ("isolated", "#c43d4b"), ("callableBond", "#9bb83a"),
  ]

  static let promised = "#c9b3e6"
  static let unresolved = "#5d6673"
  static let hidden = "#b4bcc7"

  /// A class of people has the colour of the layer that makes it pay.
  private static let ofClass: [(name: String, layer: String)] = [
    ("lender", "proRata"), ("fund", "insuranceFund"), ("staker", "stakedBackstop"),
    ("tokenHolder", "tokenDilution"), ("looper", "tranches"), ("bidder", "debtAuction"),
    ("liquidator", "callableBond"), ("arbitrageur", "mutualPool"), ("borrower", "isolated"),
    ("pool", "revenueCapture"), ("noiseTrader", "accruedInterest"), ("outside", "reserve"),
  ]

  /// For what nobody has given a colour, by its place among the others.
  private static let others = ["#5f6fa8", "#b5739d", "#6f8f3f", "#c28a2c", "#4f9db5", "#8a5a7d"]

  /// Lines of one picture, told apart from each other.
  static let lines = [
    "#3b6fd4", "#e07b39", "#4aa564", "#c43d4b", "#7d4fb8", "#2fa8a8", "#b08a1e", "#d264a6", "#a8613b",
    "#7fb2f0", "#9bb83a", "#5d6673",
  ]

  static func layer(_ name: String, at place: Int) -> String {
    ofLayer.first { $0.name == name }?.colour ?? others[place % others.count]
  }

  static func bearer(_ name: String, at place: Int) -> String {
    switch name {
    // A venue that is short of something, which nobody has borne yet.
    case "venue": return unresolved
    case "prices": return hidden
    case "issued": return promised
    default: break
    }
    return ofClass.first { $0.name == name }.map { layer($0.layer, at: place) }
      ?? others[place % others.count]
  }

  /// Whether white letters can be read on it: by the weights of ITU-R BT.601.
  static func isDark(_ colour: String) -> Bool {
    let bits = Int(colour.dropFirst(), radix: 16) ?? 0
    return 299 * (bits >> 16) + 587 * (bits >> 8 & 255) + 114 * (bits & 255) < 150_000
  }
}
