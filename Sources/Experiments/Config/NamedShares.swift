import Economy
import Ledger

/// A venue's share that has a name, and so is an asset that pools, oracles, collateral and populations can
/// name.
struct NamedShare {
  let id: Placed<String>
  let token: WorldSpecification.Token
}

/// The `share` of every venue, seen before venues are read: what they lend may be posted to those above them.
/// A mistake in what stands here is reported when its venue is read.
func namedShares(in reader: ObjectReader, _ tokens: [WorldSpecification.Token]) -> [NamedShare] {
  var shares: [NamedShare] = []
  for (index, venue) in (reader.peek("venues")?.elements ?? []).enumerated() {
    guard let name = venue.member("share"), case .string(let text) = name.content else { continue }
    let behind = (venue.member("asset") ?? venue.member("debt"))?.firstName
    let asset = tokens.first { $0.name == behind }
    let path = ValuePath.key(.index(reader.place(of: "venues").path, index), "share")
    shares.append(
      NamedShare(
        id: Placed(value: text, place: Place(path: path, range: name.range)),
        token: WorldSpecification.Token(
          name: text, decimals: asset?.decimals ?? 8, price: asset?.price ?? 1,
          share: WorldSpecification.Share(VenueID(index)))))
  }
  return shares
}

extension JSONNode {
  fileprivate func member(_ key: String) -> JSONNode? { members?.first { $0.key == key }?.value }

  /// Of `"USDC"`, `["USDC", "ETH"]` and `{ "USDC": …, "ETH": … }`: USDC.
  fileprivate var firstName: String? {
    if case .string(let text) = content { return text }
    return elements?.first?.firstName ?? members?.first?.key
  }
}
