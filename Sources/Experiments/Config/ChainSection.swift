import Economy
import Kernel

extension ValueKind where Value == ChainTerms {
  static var chain: ValueKind<ChainTerms> {
    .object("the chain") { reader in
      let chain = ChainTerms(
        block: reader.read("block", .span(in: .from(1)), default: "12s", "time between blocks"),
        capacity: reader.readIfGiven(
          "capacity", .count(in: .between(0, 1_000_000)),
          "transactions a block holds; without it as many as come"
        ).map { Int($0) },
        demand: reader.readIfGiven("others", .demand, "everybody else who bids for room in blocks"))
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
  fileprivate static var demand: ValueKind<BlockDemand> {
    .object("others") { reader in
      let perBlock = reader.read(
        "perBlock", .number(in: .between(0, 10_000)), "how many of them come a block, on average")
      let meanBid = reader.read(
        "meanBid", .number(in: .above(0).upTo(1e6), unit: "dollars"),
        "what they bid on average; bids are exponential")
      let rushes = reader.read(
        "rushes", .array(of: .rush), default: .array([]), "whiles in which more of them come")
      return BlockDemand(perBlock: perBlock, meanBid: meanBid, rushes: rushes)
    }
  }
}

extension ValueKind where Value == BlockDemand.Rush {
  fileprivate static var rush: ValueKind<BlockDemand.Rush> {
    .object("a rush") { reader in
      BlockDemand.Rush(
        at: SimTime(microseconds: reader.read("at", .duration(in: .from(0)), "when it begins")),
        lasts: reader.read("lasts", .span(in: .from(1)), "how long it lasts"),
        factor: reader.read(
          "factor", .number(in: .between(0, 100)), "how many times as many come; rushes that overlap multiply"
        ))
    }
  }
}
