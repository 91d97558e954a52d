import Foundation
import Kernel
import Ledger

extension RandomStream {
  /// The chance of one test: its name says which draws, its seed is what a failure prints.
  static func test(_ name: String, seed: Int) -> RandomStream {
    RandomStreams(populationSeed: 0, shockSeed: UInt64(seed))
      .stream(.test, EntityKey(id: name), Epoch(slot: 0))
  }

  mutating func below(_ bound: Int) -> Int { Int(nextInteger(below: UInt64(bound))) }

  mutating func element<Element>(of elements: [Element]) -> Element { elements[below(elements.count)] }

  /// 0 … 2^bits − 1 with `bits` itself random, so that every order of magnitude is met.
  mutating func magnitude(bits: Int) -> Int64 {
    let width = below(bits + 1)
    return width == 0 ? 0 : Int64(bitPattern: next() >> UInt64(64 - width))
  }
}

/// How many random cases a law meets: fewer in debug, all in release or with `RHODIAN_SOAK=1`.
func caseCount(debug: Int, full: Int) -> Int {
  #if DEBUG
    ProcessInfo.processInfo.environment["RHODIAN_SOAK"] == "1" ? full : debug
  #else
    full
  #endif
}

func units(_ count: Int64) -> Amount { Amount(units: count) }
