import Economy
import Kernel
import Ledger
import Testing

@Suite("Measures are folds over facts")
struct MeasureTests {
  private func header(_ id: Int64) -> EventHeader {
    EventHeader(
      id: EventID(id), cause: nil, root: EventID(id), depth: 0, time: .start, round: 0, phase: .sample)
  }

  @Test(
    "the peak of hidden bad debt is one that was measured, not half of one measurement and half of the next")
  func peakOfTwoVenues() {
    // First measurement: 300 and 0; second: 100 and 250.
    var measures = RunMeasures(
      prices: PriceBoard(prices: [1], unitsPerToken: [1]),
      lent: [[(AssetID(0), 1)], [(AssetID(0), 1)]], waterfalls: [[2], [2]], venueOfPosition: [])
    func observe(_ measurement: Int64, _ venue: Int, _ hidden: Int64) {
      measures.observe(
        FactRecord(
          header: header(measurement),
          fact: .badDebtOccurred(venue: VenueID(venue), microdollars: hidden * 1_000_000)))
    }
    observe(1, 0, 300)
    #expect(measures.occurredPeak == 300)
    // In between the first venue still stands at 300: 300 + 250 never was.
    observe(2, 1, 250)
    observe(2, 0, 100)
    #expect(measures.occurredEnd == 350)
    #expect(measures.occurredPeak == 350)
    observe(3, 1, 0)
    observe(3, 0, 0)
    #expect(measures.occurredEnd == 0)
    #expect(measures.occurredPeak == 350)
  }
}
