import Economy
import Kernel
import Ledger

/// What tests look at in a world, copied out: a world itself cannot be copied.
extension World {
  /// What the small world's venue lends.
  var reserve: Reserve { venues[SmallWorld.venue].reserves[0] }

  func final(_ account: String, _ asset: AssetID) -> Amount {
    guard let place = ledger.accounts.firstIndex(where: { $0.name == account }) else { return .zero }
    return ledger.balance(of: AccountID(place), in: asset)
  }

  /// What each lender's shares of the venue are worth, in the order of the lenders.
  func claims() throws -> [Amount] {
    let venue = reserve
    return try lenders.map {
      try venue.claims.value(of: ledger.balance(of: $0.account, in: venue.shareAsset))
    }
  }

  var recognisedLosses: [Amount] {
    facts.compactMap { if case .recognised(_, _, _, let amount) = $0.fact { amount } else { nil } }
  }

  /// Taken in all by each step of the venue's waterfall.
  var takenBySteps: [Amount] {
    var taken = waterfalls[SmallWorld.venue].steps.map { _ in Amount.zero }
    for record in facts {
      if case .absorbed(_, _, _, let step, let amount, _, _) = record.fact { taken[Int(step)] += amount }
    }
    return taken
  }

  var liquidations: [(time: SimTime, repaid: Amount, seized: Amount)] {
    facts.compactMap {
      if case .liquidated(_, _, _, _, let repaid, let seized, _) = $0.fact {
        ($0.header.time, repaid, seized)
      } else {
        nil
      }
    }
  }

  func published(_ oracle: Int) -> [(time: SimTime, price: Double)] {
    facts.compactMap {
      if case .pricePublished(OracleID(oracle), let price) = $0.fact { ($0.header.time, price) } else { nil }
    }
  }

  var steps: [(time: SimTime, asset: AssetID, price: Double)] {
    facts.compactMap {
      if case .priceStepped(let asset, let price) = $0.fact { ($0.header.time, asset, price) } else { nil }
    }
  }

  var called: Int { facts.count { if case .becameLiquidatable = $0.fact { true } else { false } } }

  var passedOver: Int { facts.count { if case .passedOver = $0.fact { true } else { false } } }
}

extension RunMeasures {
  func taken(by layer: any LossLayer.Type) -> Double {
    LayerCatalog.all.firstIndex { $0 == layer }.map { taken(byLayer: $0) } ?? .nan
  }
}
