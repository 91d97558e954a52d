/// Mistakes about oracles.
extension BadConfig {
  private static let eth = #"{ "id": "eth", "asset": "ETH", "delay": "5m" }"#

  static let oracles = [
    BadConfig(
      "a deviation of more than everything",
      (eth, #"{ "id": "eth", "asset": "ETH", "deviation": "150%" }"#),
      message: ""),
    BadConfig(
      "a heart that never stops beating",
      (eth, #"{ "id": "eth", "asset": "ETH", "heartbeat": "10ms" }"#),
      message: ""),
    BadConfig(
      "a drawn delay without its mean",
      (eth, #"{ "id": "eth", "asset": "ETH", "delay": { "normal": "5m" } }"#),
      message: ""),
    BadConfig(
      "an outage without an end",
      (eth, #"{ "id": "eth", "asset": "ETH", "outages": [ { "at": "1h" } ] }"#),
      message: ""),
    BadConfig(
      "a fixed price that goes stale",
      (
        #"{ "id": "usdc", "asset": "USDC", "source": "fixed" }"#,
        #"{ "id": "usdc", "asset": "USDC", "source": "fixed", "staleAfter": "1h" }"#
      ),
      message: ""),
  ]
}
