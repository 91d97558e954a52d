import Economy
import Kernel

extension ValueKind where Value == ChainTerms {
  static func chain(until horizon: SimTime) -> ValueKind<ChainTerms> {
    .object("the chain") { reader in
      let chain = ChainTerms(
        block: reader.read("block", .span(in: .from(shortestPeriod)), default: "12s", "time between blocks"),
        capacity: reader.readIfGiven(
          "capacity", .count(in: .between(0, 1_000_000)),
          "transactions a block holds; without it as many as come"
        ).map { Int($0) },
        demand: reader.readIfGiven(
          "others", .demand(until: horizon), "everybody else who bids for room in blocks"))
      if chain.capacity == 0 {
        reader.warn(
          "blocks hold nothing: no transaction ever finds room", at: "capacity",
          allowed: "a limit case; a chain with room has a `capacity` above 0, or none")
      }
      return chain
    }
  }
}

extension ValueKind where Value == BlockDemand {
  fileprivate static func demand(until horizon: SimTime) -> ValueKind<BlockDemand> {
    .object("others") { reader in
      let perBlock = reader.read(
        "perBlock", .number(in: .between(0, 10_000)), "how many of them come a block, on average")
      let meanBid = reader.read(
        "meanBid", .number(in: .above(0).upTo(1e6), unit: "dollars"),
        "what they bid on average; bids are exponential")
      let rushes = reader.read(
        "rushes", .array(of: .rush(until: horizon)), default: .array([]), "whiles in which more of them come")
      let demand = BlockDemand(perBlock: perBlock, meanBid: meanBid, rushes: rushes)
      // It changes where a rush begins or ends.
      let most = rushes.flatMap { [$0.at, later($0.at, by: $0.lasts)] }.map(demand.mean).max() ?? 0
      if most > mostOthers {
        reader.report(
          "where rushes overlap \(rounded(most, 1)) others come a block", at: "rushes",
          allowed: "at most \(Int(mostOthers)) a block; rushes that overlap multiply")
      }
      return demand
    }
  }
}

/// What one rush can bring at most; each of them is a draw.
private let mostOthers = 1e6

extension ValueKind where Value == BlockDemand.Rush {
  fileprivate static func rush(until horizon: SimTime) -> ValueKind<BlockDemand.Rush> {
    .object("a rush") { reader in
      let at = SimTime(microseconds: reader.read("at", .duration(in: .from(0)), "when it begins"))
      if at > horizon, horizon > .start {
        reader.report("the rush comes after the horizon", at: "at", allowed: "a time within `horizon`")
      }
      return BlockDemand.Rush(
        at: at,
        lasts: reader.read("lasts", .span(in: .from(1)), "how long it lasts"),
        factor: reader.read(
          "factor", .number(in: .between(0, 100)), "how many times as many come; rushes that overlap multiply"
        ))
    }
  }
}
