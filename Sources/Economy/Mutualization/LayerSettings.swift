import Kernel
import Ledger

/// What a config may say about a layer: the one source of its reading, its help and its documentation.
package struct LayerDeclaration: Sendable {
  package enum Kind: Sendable {
    /// An amount of an asset that the venue lends.
    case amount
    /// An amount of one asset, or amounts of several: what an account holds.
    case holdings
    /// An amount of any asset, which it names.
    case tokens
    /// A share of something, between nothing and the whole.
    case ratio
    case duration
    /// A duration above nothing: how often something is done.
    case interval
    /// A number of times, at least one.
    case count
    /// A stake pool above the venue.
    case stakePool
    /// A fund that is there whether or not a layer calls it, instead of a balance of the layer's own.
    case fund
    /// One of these words.
    case word([String])
  }

  package struct Parameter: Sendable {
    package let name: String
    package let kind: Kind
    /// Whether a config must say it. Where it need not, silence has the meaning that `meaning` gives.
    package let isRequired: Bool
    package let meaning: String

    package init(_ name: String, _ kind: Kind, isRequired: Bool, _ meaning: String) {
      self.name = name
      self.kind = kind
      self.isRequired = isRequired
      self.meaning = meaning
    }
  }

  /// As written in a config's `waterfall`.
  package let name: String
  package let summary: String
  /// What a venue must be like for the layer to make sense there.
  package enum Need: Hashable, Sendable {
    /// It keeps part of its interest.
    case keptInterest
    /// It lends to borrowers, and is no vault.
    case borrowers
    /// The stake pool that the layer calls holds the one asset that the venue lends.
    case stakeInLentAsset
  }

  /// How what it takes reaches the venue, in the order in which they are drawn on. The auditor goes by this,
  /// not by what the layer then does.
  package let means: [Absorption.Means]
  /// By means: what `losses.csv` calls those who bear: `suppliers`, `insuranceFund`.
  package let bearers: [String]
  package let parameters: [Parameter]
  package let needs: [Need]

  /// Whether lenders' claims fall by it.
  package var cutsClaims: Bool { means.contains { [.claims, .interest, .matched].contains($0) } }

  package init(
    name: String, summary: String, bearers: [String], means: [Absorption.Means],
    parameters: [Parameter] = [], needs: [Need] = []
  ) {
    precondition(bearers.count == means.count, "\(name): a word for whoever bears by each means")
    self.name = name
    self.summary = summary
    self.bearers = bearers
    self.means = means
    self.parameters = parameters
    self.needs = needs
  }
}

package enum FundTag {}
package typealias FundID = Identifier<FundTag>

/// The value of one parameter of a layer.
package enum LayerValue: Hashable, Sendable {
  /// Of the asset, or of the first that the venue lends where a config did not have to name it.
  case amount(Amount, of: AssetID?)
  case holdings([Holding])
  case ratio(Double)
  case duration(SimDuration)
  case count(Int)
  case venue(VenueID)
  case fund(FundID)
  case word(String)

  package struct Holding: Hashable, Sendable {
    /// Nil: the first that the venue lends.
    package let asset: AssetID?
    package let amount: Amount

    package init(_ asset: AssetID?, _ amount: Amount) {
      self.asset = asset
      self.amount = amount
    }
  }
}

/// The values of a layer's parameters, by name. Complete and checked when it is made by the config reader.
package struct LayerSettings: Hashable, Sendable {
  private var names: [String] = []
  private var values: [LayerValue] = []

  package init() {}

  package subscript(name: String) -> LayerValue? {
    get { names.firstIndex(of: name).map { values[$0] } }
    set {
      guard let newValue else { return }
      if let index = names.firstIndex(of: name) {
        values[index] = newValue
      } else {
        names.append(name)
        values.append(newValue)
      }
    }
  }

  /// What an account of the layer holds when a run begins.
  package func holdings(_ name: String) -> [LayerValue.Holding] {
    if case .holdings(let holdings)? = self[name] { holdings } else { [] }
  }

  /// An amount that names its asset. Asking for one that is not required is a bug of the layer.
  package func tokens(_ name: String) -> (asset: AssetID, amount: Amount) {
    guard case .amount(let amount, of: let asset?)? = self[name] else {
      preconditionFailure("the layer does not require \(name)")
    }
    return (asset, amount)
  }

  package func ratio(_ name: String) -> Double? {
    if case .ratio(let ratio)? = self[name] { ratio } else { nil }
  }

  package func duration(_ name: String) -> SimDuration? {
    if case .duration(let duration)? = self[name] { duration } else { nil }
  }

  package func count(_ name: String) -> Int? {
    if case .count(let count)? = self[name] { count } else { nil }
  }

  package func fund(_ name: String) -> FundID? {
    if case .fund(let fund)? = self[name] { fund } else { nil }
  }

  package func word(_ name: String) -> String? {
    if case .word(let word)? = self[name] { word } else { nil }
  }

  /// A venue that a required parameter names. Asking for one that is not required is a bug of the layer.
  package func venue(_ name: String) -> VenueID {
    guard case .venue(let venue)? = self[name] else {
      preconditionFailure("the layer does not require \(name)")
    }
    return venue
  }
}
